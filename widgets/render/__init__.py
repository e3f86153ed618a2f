"""A vertical cut on the screen: presets, stills, sounds, captions, preview, progress, results. Plain data in, signals
out; an edit is told and not applied where the page has to know it first (order, removal, focus of stills): the page
answers with the setter.

What goes in (methods) and what comes out (-> signals):

PresetCards
    ``set_cards(cards)``, ``set_picture(id, QImage)``, ``set_chosen(id)``, ``chosen_id()``,
    ``content_height(width_px)``, ``stop()`` -> ``chosen(str id)``, ``menu_requested(str id, QPoint global)``
StillStrip(provide=None)
    ``set_stills(items)``, ``set_limit(count)``, ``current()``, ``select(index)``,
    ``forget_picture(picture)``, ``stop()`` -> ``add_requested()``, ``files_dropped(list[Path])``,
    ``order_changed(tuple[int])`` (old indices in their new order), ``removed(tuple[int])``,
    ``focus_changed(int, float, float)``, ``focus_cleared(int)``, ``mask_requested(int)``, ``mask_cleared(int)``
SoundRow(title, icon_name, suffixes=())
    ``set_sound(SoundInfo | None)``, ``set_playing(bool)``, ``set_position(fraction | None)`` -> ``choose_requested()``,
    ``cleared()``, ``dropped(Path)``, ``play_requested(bool)``, ``sought(float fraction)``
CaptionEditor
    ``set_prompt(text)``, ``prompt()``, ``set_captions(Captions | None)``, ``captions() -> Captions | None`` (None =
    made from the prompt), ``set_derived(Captions)`` (what the prompt gives now),
    ``set_fits(Mapping[FieldKey, CaptionFit])``, ``focus_field(key)`` -> ``changed()``, ``prompt_changed()``,
    ``make_requested(str prompt)``, ``field_focused(FieldKey)``
PreviewCanvas
    ``set_picture(QImage | None)``, ``set_safe_zone(QRectF | None)`` (fractions), ``set_safe_zone_shown(bool)``,
    ``set_platform_shown(bool)``, ``set_message(Message, title="", text="")``, ``set_position(fraction)`` ->
    ``scrubbed(float)``, ``stepped(int frames)``, ``play_toggled()``
PreviewBar
    ``set_marks(CutMarks)``, ``set_frame(int)``, ``frame()``, ``set_playing(bool)``, ``set_safe_zone_shown(bool)``,
    ``set_platform_shown(bool)`` -> ``frame_sought(int frame, bool final)``, ``play_requested(bool)``,
    ``safe_zone_toggled(bool)``, ``platform_toggled(bool)``
SegmentStrip
    ``set_progress(RenderProgress | None)``, ``set_cancelable(bool)`` -> ``cancel_requested()``,
    ``segment_activated(int)``
RenderList(provide=None)
    ``set_rows(rows)``, ``update_row(row)``, ``remove_row(job_id)``, ``current_id()``, ``select(job_id)``, ``stop()`` ->
    ``open_requested(str)``, ``cancel_requested(str)``, ``retry_requested(str)``, ``delete_requested(str)``,
    ``reveal_requested(str)``, ``use_again_requested(str)``, ``current_changed(str)``
"""

from widgets.render.caption_editor import CaptionEditor
from widgets.render.parts import (
    CaptionFit,
    CutMarks,
    FieldKey,
    Message,
    PresetCard,
    RenderProgress,
    RenderRow,
    SlotMark,
    SoundInfo,
    StillItem,
    marks_of,
    row_of,
)
from widgets.render.preset_cards import PresetCards
from widgets.render.preview_bar import PreviewBar
from widgets.render.preview_canvas import PreviewCanvas
from widgets.render.render_list import RenderList
from widgets.render.segment_strip import SegmentStrip
from widgets.render.sound_row import SoundRow
from widgets.render.still_strip import StillStrip

__all__ = [
    "CaptionEditor",
    "CaptionFit",
    "CutMarks",
    "FieldKey",
    "Message",
    "PresetCard",
    "PresetCards",
    "PreviewBar",
    "PreviewCanvas",
    "RenderList",
    "RenderProgress",
    "RenderRow",
    "SegmentStrip",
    "SlotMark",
    "SoundInfo",
    "SoundRow",
    "StillItem",
    "StillStrip",
    "marks_of",
    "row_of",
]
