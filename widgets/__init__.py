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
identity_board
    ``IdentityBoard(provide=None)`` of ``IdentityCard(identity_id, label, named, colour_index, image, tracks,
    screen_time_s, cohesion, locked, mixed, confirmed, note)``: ``.set_episode(ep_id) .set_cards(cards)
    .update_cards(changed, removed) .set_filter(text) .set_known_names(names) .set_empty_text(text) .selected() ->
    list[id] .set_selected(ids) .current() -> id | None .card(id) .shown_ids() .scroll_to(id) .place_of(id) ->
    (viewport, QPoint) | None .begin_rename(id) .open_chooser() .cell_width() .set_cell_width(px) .stop()`` ->
    ``merge_requested(list source ids, target id)``, ``move_tracks_requested(list track ids, id or "")``,
    ``move_crops_requested(list (track, frame), id or "")``, ``assign_requested(list ids, cast_id)``,
    ``rename_requested(id, name, go_on)``, ``lock_toggled(id)``, ``activated(id)`` (Enter: the field is open already),
    ``selection_changed``, ``current_changed(id or "")``, ``context_menu_requested(id or "", QPoint)``,
    ``hint_changed(text)``. "" as a target = a new person. Drags arrive at ``.grid.viewport()``.
moderation_mime
    ``IDENTITIES_MIME TRACKS_MIME CROPS_MIME CAST_MIME``; ``identities_mime(ep_id, ids, tracks=, label=, locked=)``,
    ``tracks_mime(ep_id, ids)``, ``crops_mime(ep_id, [(track, frame)])``, ``cast_mime(cast_id, name)`` -> QMimeData;
    ``load_of(mime) -> DragLoad | None``; ``merge_hint(load, target_label, target_tracks)``, ``new_person_hint(load)``,
    ``assign_hint(load, name)``.
target_chooser
    ``TargetChooser(parent, provide=None)``, a popup: ``.set_targets(list[Target], offers_new=False)
    .open_over(widget, title) .shown()`` -> ``identity_chosen(id)``, ``cast_chosen(cast_id)``,
    ``new_person_requested(name or "")``, ``finished(int)``. ``Target(target_id, label, kind, note, colour_index, image,
    enabled)``, kind ``TargetKind.PERSON | CAST | NEW``.
drag_crop_grid
    ``DragCropGrid(provide=None, note_line=False)``, a CropGrid: ``.set_crops(ep_id, [(track, frame)], items)
    .selected_crops() .mime_of(indices, whole_tracks=None)`` -> ``target_wanted`` (M). Alt drags whole tracks.
suggestion_view
    ``SuggestionView(provide=None)``: ``.show_suggestion(suggestion, position, count) .suggestion() .threshold()
    .set_threshold(likeness) .set_above(count | None) .stop()`` -> ``accepted`` (Y), ``rejected`` (N), ``skipped``
    (S), ``threshold_changed(likeness)``, ``accept_all_requested(likeness)``.
singleton_tray
    ``SingletonTray(provide=None)``: ``.set_episode(ep_id) .set_singletons(suggestions) .stop()`` -> ``accepted(key)``
    (Y, Enter), ``rejected(key)`` (N, Delete). Rows can be dragged onto the board.
cast_list
    ``CastList(provide=None)``: ``.set_members(members) .selected() -> cast_id | None .select(cast_id | None)
    .set_photos_accepted(bool) .set_empty_text(text) .stop()`` -> ``photos_dropped(cast_id or "", list Path)``,
    ``assign_requested(list ids, cast_id)`` (people dropped on a member), ``selection_changed``,
    ``activated(cast_id)``, ``context_menu_requested(cast_id or "", QPoint)``, ``hint_changed(text)``. Members can be
    dragged onto people of the board.
season_grid
    ``SeasonGrid(provide=None)``: ``.set_season([(ep_id, title)], season_rows) .current() -> (row, episode) | None
    .set_current(row, episode) .stop()`` -> ``episode_activated(ep_id)``, ``cell_activated(cast_id or "", ep_id)``,
    ``current_changed``.
history_list
    ``HistoryList()`` of ``HistoryStep(edit_id, title, who, when, state)``: ``.set_steps(newest_first)`` ->
    ``undo_to_requested(edit_id)`` (it and all newer), ``redo_to_requested(edit_id)`` (all undone ones up to it).
screen_time_chart
    ``ScreenTimeChart(provide=None)``: ``.set_screen_time(found | None) .sort_by() .set_sort(SortBy) .shown_labels()
    .totals_text() .canvas .stop()`` -> ``seek_requested(t_s)``, ``person_activated(key)``.
transcript
    ``TranscriptList()`` of ``core.transcript.types.LineRow``: ``.set_lines(sorted_lines, looks) .set_position(t_s)
    .set_following(bool) .following .set_marks(matches, at) .show_line(id) .begin_edit(id, char=-1) .choose(index)
    .selection`` -> ``seek_requested(t_s)``, ``text_committed(id, text)``, ``split_requested(id, text, word)``,
    ``merge_requested(ids)``, ``delete_requested(ids)``, ``speaker_menu_requested(id, QPoint)``,
    ``context_menu_requested(QPoint)``, ``selection_changed``, ``following_changed(bool)``. ``looks_of(speakers,
    colours_by_identity) -> {speaker_id: SpeakerLook}``; ``FindQuery(...).pattern()``, ``find_matches(lines, pattern)``.
    Beside it: ``wave_lane.WaveLane`` (drag boundaries), ``line_bar.LineBar`` (times), ``find_bar.FindBar``,
    ``speakers.SpeakerPanel`` and ``LinkCard``, ``marked_rows.MarkedRows``, ``dialogs.ReplaceDialog`` and
    ``DroppedDialog``.
procedures
    Seconds of gold and trainee everywhere; None in ``set_position`` = not shown; ``verdicts`` by finding id.
    ``AlignmentStrip()``: ``.set_comparison(comparison | None, gold_duration_s, trainee_duration_s)
    .set_verdicts(verdicts) .set_position(gold_s, trainee_s) .set_selected(finding_id | None) .selected()
    .zoom_by(factor) .fit() .clear()`` -> ``seek_requested(gold_s, trainee_s)`` (a side without a matching moment
    stays where it is), ``finding_selected(id)``.
    ``SimilarityMap()``: ``.set_map(rows, gold_duration_s, trainee_duration_s, path, gold_steps, outcomes)
    .set_position(gold_s, trainee_s) .clear()`` -> ``seek_requested(gold_s, trainee_s)``.
    ``StepTimeline()``: ``.set_duration(s) .set_steps(steps) .steps() .set_snap_times(times_s) .set_thumbnails(times_s,
    provide | None, aspect) .set_position(t_s) .set_selected(i | None) .selected() .set_editable(bool)
    .split_at_position() .join_with_next() .delete_selected() .insert_at_position() .begin_rename() .end_nudge()
    .clear() .stop()`` -> ``steps_changed(tuple of Step, name of the edit)``, ``step_selected(i or -1)``,
    ``seek_requested(t_s, exact)``. ``StepForm()``: ``.set_step(i, Step | None) .set_bounds(earliest_s, latest_s)
    .set_over_time_factor(factor) .set_editable(bool)`` -> ``step_changed(i, Step)``.
    ``FindingList(provide=None)``: ``.set_findings(findings, verdicts, step_names) .set_stills(provide)
    .set_empty_text(text) .selected() .select(id | None) .stop()``, keys of stills ``(gold_s | None, trainee_s | None,
    "gold" | "trainee", t_s)`` -> ``finding_selected(id or "")``, ``finding_activated(id)``, ``verdict_given(id,
    "confirmed" | "dismissed" | "", comment)``.
    ``ScoreBreakdown()``: ``.set_score(Score | None, pass_mark) .select_step(i | None)`` -> ``step_selected(i)``.
    ``VideoList(provide=None)`` of ``VideoRow(video_id, title, role, duration_s, detail, badges, picture, problem,
    progress)``: ``.set_rows(rows) .chosen_ids() .select(ids) .row_of(id) .stop()`` -> ``chosen(list of ids)``,
    ``video_activated(id)``, ``context_menu_requested(row or -1, QPoint)``. ``ScoreHistory()``: ``.set_scores(summaries,
    titles by video id) .chosen_ids() .select(id | None)`` -> ``chosen(list of ids)``, ``score_activated(id)``.
    ``Correspondence(path, outcomes)``: ``.trainee_s(gold_s) .gold_s(trainee_s)`` -> seconds or None.
"""
