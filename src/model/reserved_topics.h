// Topics that begin with `$` are the system's [MQTT 3.1.1, 4.7.2; AWS IoT, reserved topics]. Of them others may use
// those of the shadows: requests on `$aws/things/<thing>/shadow/[name/<shadow>/]get|update|delete`, answers below the
// same `.../shadow/`; and hear the events that are documented. `$fescue/` is what cores and their control plane say to
// each other (deployment.h).
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/topic.h"

namespace fescue {

/// What a function or a device may publish to on a core: anything but `$fescue/` and `$aws/`, and requests to shadows.
/// Error: permission_denied, which names the topic.
Result<void> check_local_topic(const Topic& topic);

/// What a client may publish to at the control plane, and a core on behalf of its group: nothing that begins with `$`
/// but requests to shadows. Error: as above.
Result<void> check_cloud_topic(std::string_view topic);

/// What a row of a group may name. Error: invalid_argument for a filter that matches reserved topics alone.
Result<void> check_row_filter(const TopicFilter& filter);

/// Whether a filter that begins with `$` can match something that clients are told: a shadow's topics, and the event of
/// a certificate that was registered when it connected, `$aws/events/certificates/registered/<CA>`.
bool matches_told_topics(std::string_view filter);

}  // namespace fescue
