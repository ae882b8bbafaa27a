// Documents of policies, and what they decide for a client.
#include "cloud/policy/bound_policies.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

using testing::ElementsAre;

constexpr std::string_view kArn = "arn:aws:iot:us-west-2:123456789012:";

std::string arn(std::string_view resource) { return std::string(kArn) + std::string(resource); }

/// A statement; `resource` without the ARN's beginning, unless it is "*".
std::string statement(std::string_view effect, std::string_view action, std::string_view resource,
                      std::string_view more = "") {
  return fmt::format(R"({{"Effect":"{}","Action":"{}","Resource":"{}{}"{}}})", effect, action,
                     resource == "*" ? "" : kArn, resource, more);
}

class Decisions : public testing::Test {
 protected:
  void add(std::string name, std::string_view statements, std::string_view version = "2012-10-17") {
    const std::string text = fmt::format(R"({{"Version":"{}","Statement":[{}]}})", version, statements);
    auto document = parse_policy_document(text);
    ASSERT_TRUE(document) << document.error().message();
    policies_.push_back({PolicyName(std::move(name)), std::make_shared<const PolicyDocument>(std::move(*document))});
  }
  BoundPolicies bound() const { return BoundPolicies(policies_, context_); }
  bool allows(IotAction action, std::string_view resource) const {
    const BoundPolicies policies = bound();
    const bool allowed = policies.allows(action, arn(resource));
    EXPECT_EQ(policies.decide(action, arn(resource)).verdict == PolicyVerdict::allowed, allowed) << resource;
    return allowed;
  }
  std::string why(IotAction action, std::string_view resource) const { return bound().explain(action, arn(resource)); }

  std::vector<NamedPolicy> policies_;
  PolicyContext context_;
};

TEST_F(Decisions, NothingIsAllowedWithoutOne) {
  EXPECT_FALSE(allows(IotAction::connect, "client/a"));
  EXPECT_EQ(why(IotAction::connect, "client/a"), "no policy is attached to the certificate");
}

TEST_F(Decisions, AllowWhatTheyNameAndNothingElse) {
  add("p", statement("Allow", "iot:Publish", "topic/a/*"));
  EXPECT_TRUE(allows(IotAction::publish, "topic/a/b/c"));
  EXPECT_FALSE(allows(IotAction::publish, "topic/b"));
  EXPECT_FALSE(allows(IotAction::receive, "topic/a/b"));
  EXPECT_FALSE(bound().allows(IotAction::publish, "arn:aws:iot:us-west-2:999999999999:topic/a/b"));
  EXPECT_EQ(why(IotAction::publish, "topic/b"),
            "no statement of policy p allows iot:Publish on arn:aws:iot:us-west-2:123456789012:topic/b");
}

TEST_F(Decisions, ADenyBeatsEveryAllow) {
  add("p", statement("Allow", "iot:*", "*"));
  EXPECT_TRUE(bound().allows_all(IotAction::publish));
  add("q", statement("Allow", "iot:Publish", "topic/x") + "," +
               statement("Deny", "iot:Publish", "topic/secret/*", R"(,"Sid":"NoSecrets")"));
  EXPECT_FALSE(bound().allows_all(IotAction::publish));
  EXPECT_TRUE(bound().allows_all(IotAction::subscribe));
  EXPECT_TRUE(allows(IotAction::publish, "topic/x"));
  EXPECT_FALSE(allows(IotAction::publish, "topic/secret/x"));
  EXPECT_EQ(why(IotAction::publish, "topic/secret/x"),
            "statement \"NoSecrets\" of policy q denies iot:Publish on "
            "arn:aws:iot:us-west-2:123456789012:topic/secret/x");
  const PolicyDecision decision = bound().decide(IotAction::publish, arn("topic/secret/x"));
  EXPECT_EQ(decision.verdict, PolicyVerdict::explicit_deny);
  EXPECT_THAT(decision.allowing, ElementsAre(DecidingStatement{PolicyName("p"), "1"}));
  EXPECT_THAT(decision.denying, ElementsAre(DecidingStatement{PolicyName("q"), "\"NoSecrets\""}));
  EXPECT_EQ(why(IotAction::publish, "topic/x"),
            "statement 1 of policy p allows iot:Publish on arn:aws:iot:us-west-2:123456789012:topic/x");
}

TEST_F(Decisions, MqttWildcardsAreCharactersLikeOthers) {
  add("p", statement("Allow", "iot:Subscribe", "topicfilter/a/+/#"));
  EXPECT_TRUE(allows(IotAction::subscribe, "topicfilter/a/+/#"));
  EXPECT_FALSE(allows(IotAction::subscribe, "topicfilter/a/b/#"));
  EXPECT_FALSE(allows(IotAction::subscribe, "topicfilter/#"));
}

TEST_F(Decisions, VariablesAreTheClients) {
  add("p", statement("Allow", "iot:Publish", "topic/${iot:ClientId}/${iot:Connection.Thing.Attributes[floor]}"));
  context_.add("iot:ClientId", "lamp");
  EXPECT_FALSE(allows(IotAction::publish, "topic/lamp/3"));
  EXPECT_THAT(bound().decide(IotAction::publish, arn("topic/x")).missing,
              ElementsAre("iot:Connection.Thing.Attributes[floor]"));
  context_.add("iot:Connection.Thing.Attributes[floor]", "3");
  EXPECT_TRUE(allows(IotAction::publish, "topic/lamp/3"));
  EXPECT_FALSE(allows(IotAction::publish, "topic/lamp1/3"));
}

TEST_F(Decisions, AClientIdThatIsAWildcardOrALevelOfTopicsWidensNothing) {
  add("p", statement("Allow", "iot:Connect", "client/${iot:ClientId}") + "," +
               statement("Allow", "iot:Subscribe", "topicfilter/dev/${iot:ClientId}/*") + "," +
               statement("Allow", "iot:Publish", "topic/dev/${ iot:clientid , 'all'}/*"));
  for (const std::string id : {"+", "#", "*", "?", "a+", "+/+", "victim/secret", "/"}) {
    context_ = {};
    context_.add("iot:ClientId", id);
    EXPECT_FALSE(allows(IotAction::subscribe, "topicfilter/dev/" + id + "/#")) << id;
    EXPECT_FALSE(allows(IotAction::publish, "topic/dev/" + id + "/x")) << id;
    EXPECT_FALSE(allows(IotAction::publish, "topic/dev/all/x")) << id << " has a value: the default is not for it";
    EXPECT_THAT(bound().decide(IotAction::subscribe, arn("topicfilter/x")).missing, ElementsAre("iot:ClientId"));
  }
  EXPECT_TRUE(allows(IotAction::connect, "client//")) << "it stands for itself";
  context_ = {};
  context_.add("iot:ClientId", "lamp.1-$ä");
  EXPECT_TRUE(allows(IotAction::subscribe, "topicfilter/dev/lamp.1-$ä/#"));
  context_ = {};
  EXPECT_TRUE(allows(IotAction::publish, "topic/dev/all/x"));
}

TEST_F(Decisions, NoVariableIsAWildcardOfMqtt) {
  add("p", statement("Allow", "iot:Subscribe", "topicfilter/${iot:Connection.Thing.Attributes[room]}/x"));
  context_.add("iot:Connection.Thing.Attributes[room]", "#");
  EXPECT_FALSE(allows(IotAction::subscribe, "topicfilter/#/x"));
  context_ = {};
  context_.add("iot:Connection.Thing.Attributes[room]", "hall/2");
  EXPECT_TRUE(allows(IotAction::subscribe, "topicfilter/hall/2/x")) << "the owner has said so";
}

TEST_F(Decisions, AnOddClientIdDoesNotSlipThroughADeny) {
  add("p",
      statement("Allow", "iot:Publish", "*") + "," + statement("Deny", "iot:Publish", "topic/${iot:ClientId}/admin"));
  context_.add("iot:ClientId", "a/b");
  EXPECT_FALSE(allows(IotAction::publish, "topic/a/b/admin"));
}

TEST_F(Decisions, SpecialCharactersAndDefaultsCanBeWritten) {
  add("p", statement("Allow", "iot:Publish", "topic/${*}${?}${$}/${ none , 'dflt' }"));
  EXPECT_TRUE(allows(IotAction::publish, "topic/*?$/dflt"));
  EXPECT_FALSE(allows(IotAction::publish, "topic/a?$/dflt"));
}

TEST_F(Decisions, TheOldVersionHasNoVariables) {
  context_.add("iot:ClientId", "lamp");
  add("p", statement("Allow", "iot:Publish", "topic/${iot:ClientId}"), "2008-10-17");
  EXPECT_FALSE(allows(IotAction::publish, "topic/lamp"));
  EXPECT_TRUE(allows(IotAction::publish, "topic/${iot:ClientId}"));
}

TEST_F(Decisions, StatementsApplyWhenTheirConditionsHold) {
  const std::string attached = R"(,"Condition":{"Bool":{"iot:Connection.Thing.IsAttached":["true"]},)"
                               R"("IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})";
  add("p", statement("Allow", "iot:Connect", "*", attached));
  EXPECT_FALSE(allows(IotAction::connect, "client/a"));
  EXPECT_FALSE(bound().allows_all(IotAction::connect));
  context_.add("iot:Connection.Thing.IsAttached", "true");
  EXPECT_FALSE(allows(IotAction::connect, "client/a"));
  context_.add("aws:SourceIp", "192.0.2.9");
  EXPECT_TRUE(bound().allows_all(IotAction::connect));
}

TEST_F(Decisions, WhatCannotBeReadDeniesEverything) {
  add("p", statement("Allow", "iot:*", "*"));
  policies_.push_back({PolicyName("broken"), std::make_shared<const PolicyDocument>(unreadable_policy())});
  EXPECT_FALSE(allows(IotAction::connect, "client/a"));
  EXPECT_THAT(why(IotAction::connect, "client/a"), testing::HasSubstr("policy broken"));
}

TEST(PolicyDocuments, ThatAreMalformedAreRefusedWithAReason) {
  const auto error_of = [](std::string_view statement) {
    const auto read = parse_policy_document(fmt::format(R"({{"Version":"2012-10-17","Statement":{}}})", statement));
    return read ? std::string("none") : read.error().message();
  };
  EXPECT_EQ(error_of(R"({"Effect":"Allow","Action":"a","Resource":"*"})"), "none");
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","NotResource":"*"})"), testing::HasSubstr("NotResource"));
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","Resource":"${x"})"), testing::HasSubstr("policy variable"));
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","Resource":"${}"})"), testing::HasSubstr("policy variable"));
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","Resource":"*","Condition":[]})"),
              testing::HasSubstr("Condition"));
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","Resource":"*","Condition":{"Bool":"x"}})"),
              testing::HasSubstr("Condition.Bool"));
  EXPECT_THAT(error_of(R"({"Effect":"Allow","Action":"a","Resource":"*","Condition":{"Odd":{"k":"x"}}})"),
              testing::HasSubstr("'Odd'"));
  EXPECT_THAT(error_of("[]"), testing::HasSubstr("Statement"));
}

TEST(PolicyDocuments, TellWhatTheyAskAboutAClient) {
  const auto read = parse_policy_document(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iot:*",
      "Resource":"a/${iot:ClientId}","Condition":{"StringLike":{"iot:Certificate.Subject.Country":"${aws:SourceIp}"}}}})");
  EXPECT_THAT(read.value().keys, ElementsAre("aws:sourceip", "iot:certificate.subject.country", "iot:clientid"));
}

}  // namespace
}  // namespace fescue::cloud
