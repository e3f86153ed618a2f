# Puts a shortcut to Rushes into this user's Start menu (or takes it out again: -Remove). No administrator is needed.
#   powershell -ExecutionPolicy Bypass -File packaging\windows\install_shortcut.ps1 [-Desktop] [-Remove]
param([switch]$Desktop, [switch]$Remove)
$ErrorActionPreference = 'Stop'

$root = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
$folders = @([Environment]::GetFolderPath('Programs'))
if ($Desktop -or $Remove) { $folders += [Environment]::GetFolderPath('Desktop') }

if ($Remove) {
    foreach ($folder in $folders) {
        $link = Join-Path $folder 'Rushes.lnk'
        if (Test-Path -LiteralPath $link) { Remove-Item -LiteralPath $link; Write-Output "Removed $link" }
    }
    exit 0
}

$python = $null
$arguments = ''
if (Get-Command py.exe -ErrorAction SilentlyContinue) {
    $python = (Get-Command py.exe).Source
    $arguments = '-3 '
} elseif (Get-Command python.exe -ErrorAction SilentlyContinue) {
    $python = (Get-Command python.exe).Source
} else {
    Write-Error 'No Python was found. Install Python 3.11, 3.12 or 3.13 first.'
}

# The first start installs, and shows that in this console.
& $python @($arguments.Trim() -split ' ' | Where-Object { $_ }) (Join-Path $root 'run.py') --version
if ($LASTEXITCODE -ne 0) { Write-Error 'Set-up did not finish; its messages are above.' }

$shell = New-Object -ComObject WScript.Shell
foreach ($folder in $folders) {
    $link = $shell.CreateShortcut((Join-Path $folder 'Rushes.lnk'))
    $link.TargetPath = Join-Path $root '.venv\Scripts\pythonw.exe'
    $link.Arguments = '"' + (Join-Path $root 'run.py') + '" gui'
    $link.WorkingDirectory = $root
    $link.Description = 'Review video on your own machine'
    $link.Save()
    Write-Output "Wrote $(Join-Path $folder 'Rushes.lnk')"
}
