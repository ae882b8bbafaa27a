#include "control/store/schema.h"

#include "control/store/access_key_store.h"
#include "control/store/answer_store.h"

namespace fescue::control {

std::vector<std::string_view> migrations() {
  return {
      // One step per aggregate, in the order in which they came to be.
      kAccessKeySchema,
      kAnswerSchema,
  };
}

}  // namespace fescue::control
