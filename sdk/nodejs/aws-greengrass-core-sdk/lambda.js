'use strict';

const { parameter, settled } = require('./calls');

const BASE64 = /^([0-9a-zA-Z+/]{4})*(([0-9a-zA-Z+/]{2}==)|([0-9a-zA-Z+/]{3}=))?$/;

/** Runs other functions of the group, and carries the calls of the other clients to the core's own services. */
class Lambda {
  constructor() {
    this.ipc = null;
  }

  /**
   * FunctionName: an ARN, with its version unless Qualifier has it. InvocationType: 'RequestResponse' (the default; waits)
   * or 'Event'. ClientContext: base64 of JSON. Payload: string or bytes.
   *
   * data: {FunctionError: '', 'Handled' or 'Unhandled', StatusCode, Payload: Buffer}; for an Event the invocation's id.
   */
  invoke(params, callback) {
    return settled(callback, (done) => this._invoke(params, done));
  }

  _invoke(params, done) {
    let functionArn;
    try {
      checkArguments(params);
      functionArn = qualifiedArn(params);
    } catch (error) {
      done(error, null);
      return;
    }
    const type = params.InvocationType || 'RequestResponse';
    this.send(functionArn, params.ClientContext || '', type, params.Payload, done);
  }

  /** What other clients do: any ARN, also of the core's own services; clientContext is sent as it is. */
  send(functionArn, clientContext, type, payload, done) {
    if (process.env.MY_FUNCTION_ARN === undefined) {
      done(new Error('There is no core to ask: this process is not a function on a Greengrass core'), null);
      return;
    }
    const ipc = this._client();
    ipc.postWork(functionArn, payload, clientContext, type, (postError, invocationId) => {
      if (postError) {
        done(postError, null);
      } else if (type === 'Event') {
        done(null, invocationId);
      } else {
        ipc.getWorkResult(functionArn, invocationId, (error, body, functionError, statusCode) => {
          if (error) done(error, null);
          else done(null, { FunctionError: functionError, StatusCode: statusCode, Payload: body });
        });
      }
    });
  }

  _client() {
    if (!this.ipc) {
      const IPCClient = require('aws-greengrass-ipc-sdk-js');
      this.ipc = new IPCClient(process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
    }
    return this.ipc;
  }
}

function checkArguments(params) {
  if (parameter(params, 'FunctionName') === undefined) throw new Error('"FunctionName" is a required parameter');
  const type = params.InvocationType;
  if (type !== undefined && type !== null && type !== 'Event' && type !== 'RequestResponse') {
    throw new Error(`InvocationType '${type}' is incorrect, should be 'Event' or 'RequestResponse'`);
  }
  if (parameter(params, 'ClientContext') !== undefined && !BASE64.test(params.ClientContext)) {
    throw new Error('Client Context is invalid');
  }
}

function qualifiedArn(params) {
  const { FunctionArnFields, buildFunctionArn } = require('aws-greengrass-common-js');
  let fields;
  try {
    fields = new FunctionArnFields(params.FunctionName);
  } catch (error) {
    throw new Error(`FunctionName is malformed: ${error}`);
  }
  if (fields.qualifier && params.Qualifier && fields.qualifier !== params.Qualifier) {
    throw new Error(`Qualifier '${params.Qualifier}' does not match the version in FunctionName`);
  }
  return buildFunctionArn(fields.unqualifiedArn, fields.qualifier || params.Qualifier);
}

module.exports = Lambda;
