"""The buttons of the pages that stand between a form and its saving, as they are posted."""

PREVIEW, BACK = "_preview", "_preview_back"
