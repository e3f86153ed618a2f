"""What the person chose on the page and wants to find again: pipelines, parameters, presets, the coder's name."""

import getpass
from collections.abc import Mapping, Sequence
from typing import Any

from app.desktop.settings import AppSettings
from core.annotate.spec import Preset


class Choices:
    """Kept in the settings at every change."""

    def __init__(self, settings: AppSettings) -> None:
        self._settings = settings
        kept = settings.annotation_choices()
        self.pipelines = tuple(str(one) for one in _list(kept.get("pipelines")))
        self.chosen_before = "pipelines" in kept
        self._config = {str(name): dict(values) for name, values in _maps(kept.get("config")).items()}
        self._presets = {name: _maps(presets) for name, presets in _maps(kept.get("presets")).items()}
        self._coder = str(kept.get("coder") or "")
        self._export_format = str(kept.get("export_format") or "")

    @property
    def coder(self) -> str:
        """Whose lanes new ones are; the account's name unless the person said otherwise."""
        return self._coder or account_name()

    @coder.setter
    def coder(self, name: str) -> None:
        self._coder = name.strip()
        self._save()

    @property
    def export_format(self) -> str:
        """The format of the last export, "" = none yet."""
        return self._export_format

    @export_format.setter
    def export_format(self, name: str) -> None:
        self._export_format = name
        self._save()

    @property
    def has_coder(self) -> bool:
        """Whether the person said who they are."""
        return bool(self._coder)

    def set_pipelines(self, names: Sequence[str]) -> None:
        """Pipelines to run."""
        self.pipelines = tuple(names)
        self.chosen_before = True
        self._save()

    def config(self, pipeline: str) -> dict[str, Any]:
        """What differs from the defaults of a pipeline."""
        return dict(self._config.get(pipeline, {}))

    def configs(self, pipelines: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The same for several, without those that are all default."""
        return {name: self.config(name) for name in pipelines if self._config.get(name)}

    def set_config(self, pipeline: str, values: Mapping[str, Any]) -> None:
        """Remember parameters."""
        if values:
            self._config[pipeline] = dict(values)
        else:
            self._config.pop(pipeline, None)
        self._save()

    def presets(self, pipeline: str) -> tuple[Preset, ...]:
        """Sets of parameters that the person kept under a name."""
        kept = self._presets.get(pipeline, {})
        return tuple(Preset(name, name, values) for name, values in sorted(kept.items()))

    def keep_preset(self, pipeline: str, name: str, values: Mapping[str, Any]) -> None:
        """Keep parameters under a name; one of that name is replaced."""
        self._presets.setdefault(pipeline, {})[name] = dict(values)
        self._save()

    def delete_preset(self, pipeline: str, name: str) -> None:
        """Forget one."""
        self._presets.get(pipeline, {}).pop(name, None)
        self._save()

    def _save(self) -> None:
        kept: dict[str, Any] = {
            "config": self._config,
            "presets": self._presets,
            "coder": self._coder,
            "export_format": self._export_format,
        }
        if self.chosen_before:
            kept["pipelines"] = list(self.pipelines)
        self._settings.set_annotation_choices(kept)


def account_name() -> str:
    """The name of the account; "coder" where the system tells none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "coder"


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _maps(value: object) -> dict[str, dict[str, Any]]:
    """The entries of a stored mapping that are mappings themselves."""
    entries = value.items() if isinstance(value, Mapping) else ()
    return {str(name): dict(one) for name, one in entries if isinstance(one, Mapping)}
