#!/bin/bash
# Deploys the function beside this script with the AWS CLI alone, step by step as V1's guide does. Wants these set, which
# `fescue env --root DIR` prints:
#   AWS_SHARED_CREDENTIALS_FILE, AWS_DEFAULT_REGION, FESCUE_API (the endpoint), FESCUE_ROOT
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
export AWS_PAGER="" AWS_EC2_METADATA_DISABLED=true
endpoints=$FESCUE_ROOT/run/endpoints.json

a() { /usr/bin/aws --endpoint-url "$FESCUE_API" --output text "$@"; }
# The runtime is the newest python3.x of this machine: V1's 3.7 and 3.8 work the same where they are installed.
runtime=${FESCUE_RUNTIME:-$(basename "$(readlink -f /usr/bin/python3)")}
core_thing=$(jq -r .core_thing_arn "$endpoints")
core_certificate=$(jq -r .core_certificate_arn "$endpoints")
account=$(a sts get-caller-identity --query Account)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here" && zip -q "$work/package.zip" lambda_function.py)
# A package may bring its own copy of the SDK, as V1's guide has it.
if [ -n "${FESCUE_BUNDLED_SDK:-}" ]; then (cd "$(dirname "$FESCUE_BUNDLED_SDK")" && zip -qr "$work/package.zip" greengrasssdk); fi

a lambda create-function --function-name Greengrass_FirstFunction --runtime "$runtime" \
  --role "arn:aws:iam::$account:role/unused" --handler lambda_function.function_handler \
  --zip-file "fileb://$work/package.zip" --query FunctionArn
version=$(a lambda publish-version --function-name Greengrass_FirstFunction --query Version)
function=$(a lambda create-alias --function-name Greengrass_FirstFunction --name GG_FirstFunction \
  --function-version "$version" --query AliasArn)
echo "$function -> version $version"

core=$(a greengrass create-core-definition --name first-core --query LatestVersionArn --initial-version \
  "{\"Cores\":[{\"Id\":\"core\",\"ThingArn\":\"$core_thing\",\"CertificateArn\":\"$core_certificate\",\"SyncShadow\":false}]}")
functions=$(a greengrass create-function-definition --name first-functions --query LatestVersionArn --initial-version \
  "{\"DefaultConfig\":{\"Execution\":{\"IsolationMode\":\"NoContainer\"}},
    \"Functions\":[{\"Id\":\"first\",\"FunctionArn\":\"$function\",
                    \"FunctionConfiguration\":{\"Pinned\":false,\"Timeout\":5,\"EncodingType\":\"json\"}}]}")
subscriptions=$(a greengrass create-subscription-definition --name first-subscriptions --query LatestVersionArn --initial-version \
  "{\"Subscriptions\":[{\"Id\":\"in\",\"Source\":\"cloud\",\"Subject\":\"test/input_message\",\"Target\":\"$function\"},
                       {\"Id\":\"out\",\"Source\":\"$function\",\"Subject\":\"test/topic_results\",\"Target\":\"cloud\"}]}")

group=$(a greengrass create-group --name FirstGroup --query Id)
group_version=$(a greengrass create-group-version --group-id "$group" --query Version \
  --core-definition-version-arn "$core" --function-definition-version-arn "$functions" \
  --subscription-definition-version-arn "$subscriptions")
deployment=$(a greengrass create-deployment --group-id "$group" --group-version-id "$group_version" \
  --deployment-type NewDeployment --query DeploymentId)

for _ in $(seq 60); do
  status=$(a greengrass get-deployment-status --group-id "$group" --deployment-id "$deployment" --query DeploymentStatus)
  echo "deployment $deployment: $status"
  case $status in
    Success) exit 0 ;;
    Failure) a greengrass get-deployment-status --group-id "$group" --deployment-id "$deployment" >&2; exit 1 ;;
  esac
  sleep 0.5
done
echo "the deployment did not finish in time" >&2
exit 1
