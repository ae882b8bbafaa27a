'use strict';

const Lambda = require('./lambda');
const { parameter, settled } = require('./calls');

const SECRET_MANAGER = 'arn:aws:lambda:::function:GGSecretManager:1';
const FIELDS_OF_A_SECRET = ['ARN', 'Name', 'VersionId', 'CreatedDate'];

/** Secrets that the group attaches to the function (docs/compatibility/local-api.md#secret-calls). */
class SecretsManager {
  constructor() {
    this.lambda = new Lambda();
  }

  /**
   * SecretId: name or ARN. VersionStage: AWSCURRENT if not given. VersionId is not supported, as on V1.
   * data: the secret as JSON in a Buffer; with DeStringifyResultFlag as an object.
   */
  getSecretValue(params, callback) {
    return settled(callback, (done) => this._get(params, done));
  }

  _get(params, done) {
    const request = { SecretId: parameter(params, 'SecretId') };
    if (request.SecretId === undefined) {
      done(new Error('"SecretId" is a required parameter'), null);
      return;
    }
    if (parameter(params, 'VersionId') !== undefined) {
      done(new Error('Query by VersionId is not yet supported'), null);
      return;
    }
    if (parameter(params, 'VersionStage') !== undefined) request.VersionStage = params.VersionStage;
    const service = process.env.SECRETS_MANAGER_FUNCTION_ARN || SECRET_MANAGER;
    this.lambda.send(service, '', 'RequestResponse', JSON.stringify(request), (error, data) => {
      if (error) done(error, null);
      else answer(data.Payload, params.DeStringifyResultFlag, done);
    });
  }
}

function answer(payload, parsed, done) {
  const secret = fieldsOf(payload);
  if (!FIELDS_OF_A_SECRET.every((name) => name in secret)) done(new Error(payload.toString('utf8')), null);
  else done(null, parsed ? secret : payload);
}

function fieldsOf(payload) {
  try {
    const fields = JSON.parse(payload.toString('utf8'));
    return fields !== null && typeof fields === 'object' ? fields : {};
  } catch (_) {
    return {};
  }
}

module.exports = SecretsManager;
