// Everything an API operation may touch, made once by `fescue cloud` and handed to each operation by reference.
// Operations run on the loop's thread; what blocks goes through `pool`.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "cloud/cloud_config.h"
#include "cloud/rejection_log.h"
#include "model/arn.h"
#include "model/topic.h"
#include "sys/loop/blocking_pool.h"
#include "sys/storage/sqlite.h"
#include "sys/tls/x509.h"

namespace fescue {
class MqttServer;  // mqtt_server/mqtt_server.h: here the "AWS IoT" message broker
}

namespace fescue::cloud {

class ArtifactStore;      // cloud/store/artifact_store.h: packages by SHA-256
class CoreNames;          // cloud/broker/core_names.h: which things are cores
class PolicyLibrary;      // cloud/broker/policy_library.h: what certificates' policies allow
class PackageFetcher;     // cloud/packages/package_source.h: packages that requests name by S3Bucket and S3Key
class Rollout;            // cloud/deployments/rollout.h: deployments on their way to cores
class RemoteInvocations;  // cloud/deployments/remote_invocations.h: Lambda's Invoke on cores

struct ControlPlane {
  const CloudConfig& config;
  Database& database;
  ArtifactStore& artifacts;
  Rollout& rollout;
  MqttServer& broker;
  RemoteInvocations& invocations;
  BlockingPool& pool;
  const Authority& authority;  // signs device and core certificates
  RejectionLog& rejections;
  PolicyLibrary& policies;
  CoreNames& cores;
  PackageFetcher& packages;
  std::function<WallTime()> now;
};

}  // namespace fescue::cloud
