"""Exceptions as text, always unicode. Whatever a function raises, neither of these does."""
import os

_OWN_DIRECTORY = os.path.dirname(os.path.abspath(__file__))


def text_of(error):
    """What str(error) says; its repr, or at least its type, where that fails."""
    for convert in (str, type(u''), repr):
        try:
            return _unicode(convert(error))
        except Exception:
            continue
    return _unicode(type(error).__name__)


def traceback_of(error_info):
    """The traceback of a sys.exc_info() as interpreters print it, from the first frame that is not the runtime's."""
    import traceback
    kind, error, frames = error_info
    while frames.tb_next and frames.tb_frame.f_code.co_filename.startswith(_OWN_DIRECTORY):
        frames = frames.tb_next
    try:
        return _unicode(''.join(traceback.format_exception(kind, error, frames)).rstrip('\n'))
    except Exception:
        return u'%s: %s' % (kind.__name__, text_of(error))


def _unicode(text):
    return text.decode('utf-8', 'replace') if isinstance(text, bytes) else text
