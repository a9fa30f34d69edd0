"""Static files under their hashed names."""

from functools import lru_cache

from whitenoise.storage import (  # type: ignore[import-untyped]  # it ships none
    CompressedManifestStaticFilesStorage,
)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # the same
    """The files that were collected. A name's address never changes while the process runs."""

    @lru_cache(maxsize=256)  # noqa: B019, the storage lives as long as the process
    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002, Django's
        return str(super().url(name, force))
