"""What is let go once a day: pictures that no page shows any more, and files that have no row."""

import logging
from datetime import datetime, timedelta

from pictures.models import FILE, Picture, storage

# A page that somebody kept, a search engine's copy: each may name files for so long.
KEPT_UNUSED = timedelta(days=7)
# Files come before their row, so young ones may be about to get it.
YOUNG = timedelta(days=1)
log = logging.getLogger(__name__)


def forget_unused(now: datetime) -> None:
    """Note which pictures are shown nowhere, and delete what was so for long, then its files.

    Where the folder or the bucket doesn't answer, the files wait for another day.
    """
    Picture.objects.exclude(pk__in=Picture.objects.unused()).update(unused_since=None)
    Picture.objects.unused().filter(unused_since=None).update(unused_since=now)
    Picture.objects.let_go_before(now - KEPT_UNUSED).delete()
    try:
        _delete_orphans(now)
    except FileNotFoundError:
        return  # no picture was ever kept, or another process deletes them this moment
    except OSError as error:
        log.warning("pictures that nothing shows are still kept: %s", type(error).__name__)


def _delete_orphans(now: datetime) -> None:
    """Delete files of no row; what is no file of ours stays, whoever put it there."""
    kept = storage()
    found = [one for name in kept.listdir("")[1] if (one := FILE.fullmatch(name))]
    known = set(Picture.objects.values_list("name", flat=True))
    for one in found:
        is_old = one["name"] not in known and kept.get_modified_time(one[0]) < now - YOUNG
        if is_old:
            kept.delete(one[0])
