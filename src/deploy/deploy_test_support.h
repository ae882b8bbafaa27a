// What the tests of this folder share: a directory of their own, groups and packages.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "base/bytes.h"
#include "model/group_json.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::set<std::string> names_in(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

inline ThingArn test_core() { return ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/core").value(); }

inline FunctionConfig make_function(std::string_view name, std::string_view version, const std::string& package) {
  FunctionConfig function;
  function.arn = FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), name, version);
  function.runtime = "python3.8";
  function.handler = "f.handler";
  function.artifact = ArtifactHash(hex_encode(as_view(sha256(package))));
  function.artifact_bytes = package.size();
  return function;
}

inline DeploymentDocument make_document(const std::string& id, std::vector<FunctionConfig> functions) {
  DeploymentDocument document;
  document.deployment = DeploymentId(id);
  document.group.id = GroupId("group-1");
  document.group.version = "version-1";
  document.group.region = Region("us-west-2");
  document.group.account = AccountId("123456789012");
  document.group.core_thing = test_core();
  document.group.functions = std::move(functions);
  return document;
}

}  // namespace fescue
