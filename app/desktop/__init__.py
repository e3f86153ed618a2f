"""The desktop: main window, pages, dialogs, and the threads that keep them responsive."""
