"""GGC 1.0's handler. The core's log pipes know whose worker it is, so the component's name is only kept."""
from greengrass_common.common_log_appender import LocalwatchLogHandler


class LocalCloudwatchLogHandler(LocalwatchLogHandler):
    def __init__(self, component_type, component_name):
        LocalwatchLogHandler.__init__(self)
        self.log_group_name = '/%s/%s' % (component_type, component_name)
