'use strict';

const Lambda = require('./lambda');
const { clientContext, parameter, settled } = require('./calls');

const ROUTER = 'arn:aws:lambda:::function:GGRouter';
const SHADOW_SERVICE = 'arn:aws:lambda:::function:GGShadowService';
const POLICIES = [undefined, null, '', 'BestEffort', 'AllOrError'];
const MOST_CONTEXTS = 32;

/** MQTT messages and device shadows, both carried by the core (docs/compatibility/local-api.md#system-functions). */
class IotData {
  constructor() {
    this.lambda = new Lambda();
    this._contexts = new Map(); // of publish, by policy and topic: a function publishes to the same few topics
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
      const context = this._publishContext(params.topic, policy || '');
      this.lambda.send(process.env.ROUTER_FUNCTION_ARN || ROUTER, context, 'Event', params.payload, done);
    });
  }

  _publishContext(topic, policy) {
    const key = `${policy} ${topic}`;
    let context = this._contexts.get(key);
    if (context === undefined) {
      context = clientContext({ source: process.env.MY_FUNCTION_ARN, subject: topic, queueFullPolicy: policy });
      if (this._contexts.size === MOST_CONTEXTS) this._contexts.clear();
      this._contexts.set(key, context);
    }
    return context;
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
      const context = clientContext({ subject: `$aws/things/${params.thingName}/shadow/${operation}` });
      this.lambda.send(process.env.SHADOW_FUNCTION_ARN || SHADOW_SERVICE, context, 'RequestResponse', payload, done);
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
