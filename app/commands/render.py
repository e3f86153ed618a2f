"""``rushes render``: a short vertical cut from stills, captions, music and voice, or from an episode of the library."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from rich.console import Console

    from core.library.library import Library
    from core.render.from_episode.types import KeptStill
    from core.render.records import Render
    from core.render.types import Captions, RenderRequest

HELP = "render a short vertical cut (1080 x 1920) from stills, captions, music and voice"
POLICIES = ("local_only", "local_preferred", "api_preferred", "api_only")
ARCHETYPES = ("PRODUCT_HERO", "OVERLAY", "MEME_TEXT")
STILLS_OF_EPISODE = 3


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """The look, the material, the words, and where the file goes."""
    parser.add_argument("--preset", metavar="ID", required=True, help="the look, as `rushes presets` lists them")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE.mp4", required=True, help="where the cut goes")
    parser.add_argument("--duration", type=int, default=15, metavar="S", help="1 to 60 seconds (15)")
    _add_material(parser.add_argument_group("material"))
    _add_words(parser.add_argument_group("words"))
    _add_episode(parser.add_argument_group("from an episode of the library"))
    _add_manner(parser.add_argument_group("manner"))
    parser.add_argument("--thumbnail", type=Path, metavar="FILE.jpg", help="also write its thumbnail")
    parser.add_argument("--metadata", type=Path, metavar="FILE.json", help="also write what it was made of")


def _add_material(group: Any) -> None:
    group.add_argument(
        "--image", action="append", default=[], type=Path, metavar="FILE", help="a still; may be repeated"
    )
    group.add_argument("--mask", type=Path, metavar="FILE.png", help="a PNG whose alpha cuts out the first still")
    group.add_argument("--music", type=Path, metavar="FILE", help="looped or trimmed, and lowered under the voice")
    group.add_argument("--voice", type=Path, metavar="FILE", help="the spoken part")


def _add_words(group: Any) -> None:
    group.add_argument("--prompt", default="", metavar="TEXT", help="captions are made from it unless they are given")
    group.add_argument("--hook", metavar="TEXT", help="the first caption")
    group.add_argument("--beat", action="append", default=[], metavar="TEXT", help="the next ones; may be repeated")
    group.add_argument("--cta", metavar="TEXT", help="the last one: what to do")


def _add_episode(group: Any) -> None:
    group.add_argument("--episode", metavar="EP", help="take stills, and captions unless given, from it")
    group.add_argument("--from", dest="from_s", type=float, metavar="S", help="from this second of the episode")
    group.add_argument("--to", dest="to_s", type=float, metavar="S", help="to this second")
    group.add_argument("--people", metavar="A,B", help="stills of these identities only")
    group.add_argument(
        "--stills", type=int, default=STILLS_OF_EPISODE, metavar="N", help=f"how many ({STILLS_OF_EPISODE})"
    )


def _add_manner(group: Any) -> None:
    group.add_argument("--archetype", choices=ARCHETYPES, help="how it is built up (else as the preset says)")
    group.add_argument("--brand-safe", action=argparse.BooleanOptionalAction, help="calm motion (else as the preset)")
    group.add_argument("--engine-policy", choices=POLICIES, help="which engines may render (else as the preset says)")
    group.add_argument("--allow-remote", action="store_true", help="let stills and texts go to the configured service")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Render it and copy it to where it goes. Raises what the request or the job fails with."""
    from app.analysis_run import open_library
    from app.places import default_library
    from app.render_run import deliver_as, render_runner
    from models.store import ModelStore

    _refuse_wrong_suffix(arguments.output)
    request = _request(arguments)
    with open_library(arguments.library or default_library(), create=True) as library:
        stills = _stills_of_episode(library, arguments)
        try:
            request = _from_episode(library, arguments, request, stills)
            with render_runner(library, ModelStore()) as runner:
                output.note(f"Rendering {arguments.output}")
                render = runner.render(request)
        finally:
            _forget_unused(library, stills)
        wanted = [
            (render.output, arguments.output),
            (render.thumbnail, arguments.thumbnail),
            (render.metadata, arguments.metadata),
        ]
        deliver_as([(Path(source), target) for source, target in wanted if target is not None])
        notes = _notes(library, render)
    data = _data(render, arguments.output, notes)
    output.result(data, lambda console: _show(console, data))
    return ExitCode.OK


def _refuse_wrong_suffix(path: Path) -> None:
    from core.errors import InvalidRequest

    if path.suffix.lower() != ".mp4":
        raise InvalidRequest(f"“{path.name}” is no name of an MP4 file.", action="Let -o end in .mp4.")


def _request(arguments: argparse.Namespace) -> "RenderRequest":
    from core.render.types import Archetype, EnginePolicy, RenderRequest

    return RenderRequest(
        preset_id=arguments.preset,
        prompt=arguments.prompt,
        target_duration_s=arguments.duration,
        brand_safe=arguments.brand_safe,
        engine_policy=None if arguments.engine_policy is None else EnginePolicy(arguments.engine_policy),
        archetype=None if arguments.archetype is None else Archetype(arguments.archetype),
        images=tuple(str(path.absolute()) for path in arguments.image),
        mask=_absolute(arguments.mask),
        music=_absolute(arguments.music),
        voice=_absolute(arguments.voice),
        captions=_captions(arguments),
        remote_allowed=arguments.allow_remote,
    )


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


def _captions(arguments: argparse.Namespace) -> "Captions | None":
    from core.render.types import Captions

    if arguments.hook is None and arguments.cta is None and not arguments.beat:
        return None
    return Captions(arguments.hook or "", tuple(arguments.beat), arguments.cta or "")


def _stills_of_episode(library: "Library", arguments: argparse.Namespace) -> "tuple[KeptStill, ...]":
    from app.render_run import ACTOR
    from core.render.from_episode.keeping import kept_stills

    if arguments.episode is None:
        return ()
    return kept_stills(
        library,
        arguments.episode,
        identity_ids=_names(arguments.people),
        count=arguments.stills,
        start_s=arguments.from_s,
        end_s=arguments.to_s,
        actor=ACTOR,
    )


def _from_episode(
    library: "Library", arguments: argparse.Namespace, request: "RenderRequest", stills: "Sequence[KeptStill]"
) -> "RenderRequest":
    """The request with stills of an episode after those that were given, and its lines when nothing else is said."""
    from core.render.from_episode.captions import captions_of_episode

    if arguments.episode is None:
        return request
    captions = request.captions
    if captions is None and not request.prompt:
        captions = captions_of_episode(library, arguments.episode, start_s=arguments.from_s, end_s=arguments.to_s)
    return replace(
        request,
        images=(*request.images, *(one.path for one in stills)),
        focus=(*(None for _ in request.images), *(one.focus for one in stills)),
        captions=captions,
    )


def _forget_unused(library: "Library", stills: "Sequence[KeptStill]") -> None:
    """When nothing could be asked for, or a render that a killed command left went on with its own stills."""
    from app.render_run import ACTOR
    from core.render.from_episode.keeping import forget_unused

    if stills:
        forget_unused(library, stills, actor=ACTOR)


def _names(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(one.strip() for one in text.split(",") if one.strip())


def _notes(library: "Library", render: "Render") -> Sequence[str]:
    plan = library.renders.plan(render.job_id)
    return () if plan is None else plan.notes


def _data(render: "Render", path: Path, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "job_id": render.job_id,
        "output": str(path),
        "preset_id": render.preset_id,
        "archetype": str(render.archetype),
        "duration_s": render.request.target_duration_s,
        "segments": render.segment_count,
        "took_s": render.took_s,
        "fallback_used": render.fallback_used,
        "fallback_reason": render.fallback_reason,
        "notes": list(notes),
    }


def _show(console: "Console", data: dict[str, Any]) -> None:
    took = "" if data["took_s"] is None else f" in {data['took_s']:.1f} s"
    lines = [f"Wrote {data['output']}: {data['duration_s']} s, {data['segments']} segments{took}."]
    if data["fallback_used"]:
        lines.append(f"Another engine than wanted: {data['fallback_reason']}")
    for line in [*lines, *data["notes"]]:
        console.print(line, markup=False, soft_wrap=True)
