"""What must not be seen: regions on a still, faces, and how it is hidden."""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.procedures_page.region_editor import RegionEditor
from core.procedures.types import Masks
from widgets.flow import label, push_button


class MasksForm(QWidget):
    """Shows masks and gives back what the person made of them."""

    def __init__(self, masks: Masks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces = QCheckBox(self.tr("Hide every face that is found"))
        self.mode = QComboBox()
        self.mode.setAccessibleName(self.tr("How it is hidden"))
        modes = {"pixelate": self.tr("Pixelate"), "blur": self.tr("Blur"), "black": self.tr("Black")}
        for mode, words in modes.items():
            self.mode.addItem(words, mode)
        self.editor = RegionEditor()
        self.clear = push_button(self.tr("Hide no region"), "", "quiet", small=True)
        row = QHBoxLayout()
        row.addWidget(self.faces, 1)
        row.addWidget(self.mode)
        under = QHBoxLayout()
        under.addWidget(label(self.tr("Drag on the picture to hide a region of every frame."), "small", wrap=True), 1)
        under.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.editor, 1)
        column.addLayout(under)
        self.faces.setChecked(masks.faces)
        self.mode.setCurrentIndex(max(0, self.mode.findData(masks.mode)))
        self.editor.set_regions(masks.regions)
        self.mode.currentIndexChanged.connect(lambda _at: self.editor.set_mode(str(self.mode.currentData())))
        self.editor.set_mode(str(self.mode.currentData()))
        self.clear.clicked.connect(lambda: self.editor.set_regions(()))

    def values(self) -> Masks:
        """What is to be hidden."""
        return Masks(self.editor.regions, self.faces.isChecked(), str(self.mode.currentData()))

    def show_still(self, image: QImage | None) -> None:
        """The picture to draw on came."""
        self.editor.set_image(image)
