'use strict';

const Lambda = require('./lambda');
const { clientContext, parameter, settled } = require('./calls');

const ROUTER = 'arn:aws:lambda:::function:GGRouter';
const SHADOW_SERVICE = 'arn:aws:lambda:::function:GGShadowService';
const POLICIES = [undefined, null, '', 'BestEffort', 'AllOrError'];

/** MQTT messages and device shadows, both carried by the core (reference: function-runtime 1.6). */
class IotData {
  constructor() {
    this.lambda = new Lambda();
  }

  /**
   * Publishes to the targets that the group's subscriptions name for this function and topic.
   *
   * topic. payload: string or bytes. queueFullPolicy: 'BestEffort' (the default; a full queue loses the message) or
   * 'AllOrError' (all targets take it, or none and there is an error). data: the message's id.
   */
  publish(params, callback) {
    return settled(callback, (done) => {
      const policy = parameter(params, 'queueFullPolicy');
      if (lacks(params, ['topic', 'payload'], done)) return;
      if (POLICIES.indexOf(policy) < 0) {
        done(new Error(`queueFullPolicy "${policy}" is not supported`), null);
        return;
      }
      const context = { source: process.env.MY_FUNCTION_ARN, subject: params.topic, queueFullPolicy: policy || '' };
      this.lambda.invoke({
        FunctionName: process.env.ROUTER_FUNCTION_ARN || ROUTER,
        InvocationType: 'Event',
        ClientContext: clientContext(context),
        Payload: params.payload,
      }, done);
    });
  }

  /** thingName. data: as of Lambda.invoke, its Payload the shadow document or {"code", "message"}. */
  getThingShadow(params, callback) {
    return this._shadow('get', ['thingName'], params, '', callback);
  }

  /** thingName, payload: the JSON document. data: as of getThingShadow. */
  updateThingShadow(params, callback) {
    return this._shadow('update', ['thingName', 'payload'], params, parameter(params, 'payload'), callback);
  }

  /** thingName. data: as of getThingShadow. */
  deleteThingShadow(params, callback) {
    return this._shadow('delete', ['thingName'], params, '', callback);
  }

  _shadow(operation, required, params, payload, callback) {
    return settled(callback, (done) => {
      if (lacks(params, required, done)) return;
      this.lambda.invoke({
        FunctionName: process.env.SHADOW_FUNCTION_ARN || SHADOW_SERVICE,
        ClientContext: clientContext({ subject: `$aws/things/${params.thingName}/shadow/${operation}` }),
        Payload: payload,
      }, done);
    });
  }
}

/** Whether a parameter is missing; done() has then been told. */
function lacks(params, names, done) {
  const missing = names.find((name) => parameter(params, name) === undefined);
  if (missing !== undefined) done(new Error(`"${missing}" is a required parameter`), null);
  return missing !== undefined;
}

module.exports = IotData;
