"""Qt widgets that show plain data and emit signals. They know no database, no job and no file.

Pictures come in through a *provider*, a callable that runs in a worker thread: ``provide(key)`` gives a ``Path``,
JPEG or PNG ``bytes``, a ``QImage``, or None = there is no picture. ``key`` is whatever the page put into the item.
Where no provider is given, the key itself is a ``Path``. Call ``stop()`` of what has one before the window goes.

What goes in (methods) and what comes out (-> signals), by module:

theme
    ``apply_theme(app, "dark" | "light" | Theme) -> Theme``, ``current_theme()``, ``theme_names()``,
    ``load_theme(name)``, ``theme_switch().changed`` (Theme). ``Theme``: ``.name .title .dark .colour(name,
    alpha=None) .space("xs s m l xl") .radius("s m l") .font(role)``; roles title, heading, body, strong, small,
    caption, mono, monosmall. Names of colours stand in resources/themes/dark.toml.
    Dynamic properties that the stylesheet knows: ``role`` of QFrame: rail, panel, bar, footer, card, popup, line,
    vline; of QLabel: title, heading, strong, muted, small, caption, error, warning, success, key; of QPushButton:
    primary, danger, quiet, link, and ``small``; of QToolButton: rail, chip; of QLineEdit: search, bare, and
    ``invalid``; ``scrolled`` of the page inside a QScrollArea.
identity_look
    ``identity_colour(index)``, ``identity_pattern(index)``, ``initials(label)``, ``text_on(colour)``,
    ``paint_initials``, ``contrast(a, b)``.
icons
    ``icon(name, colour="icon") -> QIcon``, ``icon_pixmap(name, size_px, colour, ratio)``, ``paint_icon``,
    ``app_icon()``, ``icon_names()``. QIcons that a page keeps are made anew on ``theme_switch().changed``; IconButton
    does it itself.
time_text
    ``format_time`` 0:01:02.345, ``parse_time`` (ValueError), ``format_duration`` 42:10, ``format_span`` 3 min 20 s,
    ``format_eta``, ``format_rate``, ``format_size``.
image_loader
    ``ImageLoader(provide=None, parent=None)``: ``.image(key, size_px, fit="cover" | "contain") -> QImage | None``,
    ``.keep_only(keys) .failed(key, size_px) .forget(key) .clear() .stop()`` -> ``loaded(key)``.
flow
    ``IconButton(icon, tip, checkable=False)``, ``push_button(text, icon="", role="plain", small=False)``,
    ``Chip(text, icon="", removable=False)`` -> ``toggled``, ``removed``; ``label(text, role, wrap=False)``,
    ``ElidedLabel(text, role)``: ``.set_text .whole_text``; ``Badge(text, tone)``: ``.set_badge(text, tone)``, tones
    plain, accent, success, warning, error, info; ``Card()``: ``.body``; ``separator(vertical=False)``;
    ``EmptyState(icon, title, text)``: ``.set_content(icon, title, text, tone="accent") .add_action(text, icon,
    primary=False) -> QPushButton .clear_actions()``; ``SearchField(placeholder)`` -> ``searched(str)`` 250 ms after
    the last key; ``ProgressLine()``: ``.set_fraction(float | None)``; ``NoticeBar()``: ``.show_notice(notice)
    .dismiss()`` -> ``dismissed``, ``open_panel_requested``; ``NoticePanel()``: ``.set_notices(oldest_first)
    .add_notice(notice)`` -> ``clear_requested``. A notice has level, message, action, buttons (title, press),
    posted_at, as_text().
crop_grid, poster_grid
    ``CropGrid(provide=None, note_line=False)`` of ``GridItem(image, caption, note, badge, badge_tone, colour_index,
    who, dimmed, tip)``; ``PosterGrid(provide=None)`` of ``PosterItem(image, title, subtitle, duration_s, badges,
    notice, progress, tip)`` with ``BadgeSpec(text, tone)``. Both: ``.set_items(sequence)`` (may be lazy: __len__,
    __getitem__), ``.refresh_items(sequence)`` keeps selection and place, ``.item(i) .count .selected()
    .set_selected(indices) .current() .set_current(i) .scroll_to(i) .visible() .index_at(pos) .rect_of(i)
    .cell_width() .set_cell_width(px) .set_empty_text(text) .forget_image(key) .stop()`` -> ``activated(int)``,
    ``clicked(int)``, ``selection_changed``, ``current_changed(int)``, ``context_menu_requested(int or -1, QPoint)``,
    ``cell_width_changed(int)``.
timeline
    ``Timeline()``: ``.set_duration(s) .set_shots(shots) .set_lanes(lanes) .set_waveform(float32 (n, 2) | None,
    per_second) .set_thumbnails(times_s, provide | None, aspect) .set_position(t_s) .set_selected_lane(id | None)
    .selected_lane() .zoom_to(start_s, end_s) .zoom_in() .zoom_out() .fit() .centre_on(t_s) .view() .set_follow(bool)
    .clear() .stop()`` -> ``seek_requested(t_s, exact)``, ``bar_activated(lane_id, interval_index, t_s)``,
    ``lane_selected(id)``, ``lane_activated(id)``, ``lane_context_menu_requested(id, QPoint)``,
    ``view_changed(start_s, end_s)``. ``Lane(lane_id, label, colour_index, intervals_s, refs)``; ``lanes_of(review,
    unassigned_label)`` (refs = track ids, in the order of interval_index); ``UNASSIGNED``.
player_view, transport
    ``PlayerView()``: ``.set_frame(QImage, t_s, frame) .set_boxes(boxes) .set_subtitle(text, speaker)
    .set_selected_identity(id | None) .set_hud(bool) .has_frame() .frame_rect() .rect_of_box(track_id)
    .show_empty(title, text) .show_loading(text) .show_error(message, action) .show_missing(path_text)`` ->
    ``box_clicked(track_id)``, ``box_context_menu_requested(track_id or "", QPoint)``, ``picture_clicked``,
    ``relink_requested``. ``OverlayBox(track_id, identity_id, label, colour_index, bbox, interpolated)``.
    ``TransportBar()``: ``.set_playing .set_position(t_s, frame) .set_duration(t_s, frames) .set_speed .set_volume
    .set_muted .set_audio_state("ready" | "no_device" | "no_audio", reason) .set_available(bool)`` ->
    ``play_pause_requested``, ``step_requested(+-1)``, ``cut_requested(+-1)``, ``seek_requested(t_s)``,
    ``speed_requested``, ``volume_requested``, ``mute_requested(bool)``.
identity_list, track_table
    ``IdentityList(provide=None)``: ``.set_identities(rows) .set_filter(text) .select(id | None) .selected()
    .shown_ids() .begin_rename(id) .stop()`` -> ``identity_selected``, ``identity_activated``, ``rename_requested(id,
    name)``, ``context_menu_requested(id, QPoint)``.
    ``TrackTable()``: ``.set_tracks(tracks, identities) .set_filter_identity(id | None | UNASSIGNED) .set_filter(text)
    .select(id | None) .selected() .shown_ids()`` -> ``track_selected``, ``track_activated(id, start_s)``,
    ``selection_changed``, ``context_menu_requested(ids, QPoint)``.
job_list, job_log, job_words
    ``JobList()``: ``.set_jobs(jobs) .update_job(job) .remove_job(id) .set_episode_titles(by_id) .card(id)
    .shown_ids()`` -> ``cancel_requested``, ``retry_requested``, ``log_requested``, ``remove_requested`` (job id),
    ``open_requested(ep_id)``; ``JobTray()``: ``.set_jobs(jobs)`` -> ``clicked``; ``JobLogView()``: ``.set_log(title,
    entries) .append(entry)`` -> ``close_requested``; ``LogEntry(when, level, text)``; ``job_title(job)``,
    ``job_stage_words``, ``job_fraction``.
command_palette, shortcut_sheet, action_record
    ``ActionRecord(id, title, group, shortcut, icon, enabled, tip)``; ``CommandPalette(window)``:
    ``.set_records(records) .open_over(window)`` -> ``triggered(id)``; ``ShortcutSheet(window)``:
    ``.set_records(records) .open_over(window)``.
"""
