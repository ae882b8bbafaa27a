// The probe of the matrix in Node.js from 6.10 on: it does what the event says. `binary` is the same package's handler for
// bytes. Written with callbacks and what our SDK and the official one have in common.
'use strict';
const gg = require('aws-greengrass-core-sdk');
const iot = new gg.IotData();
const lambda = new gg.Lambda();
const ME = process.env.MY_FUNCTION_ARN.split(':')[6];
let count = 0;

function say(topic, payload, done) {
  iot.publish({ topic: `matrix/${ME}/${topic}`, payload }, (error) => done(error, null));
}

function call(kind, arn, payload, done) {
  lambda.invoke({ FunctionName: arn, InvocationType: kind, Payload: payload }, (error, answer) => {
    if (error) return done(error);
    return done(null, kind === 'Event' ? ['', ''] : [answer.FunctionError, String(answer.Payload)]);
  });
}

function callAll(kind, calls, results, done) {
  if (calls.length === 0) return done(null, results);
  return call(kind, calls[0][0], calls[0][1], (error, result) => {
    if (error) return done(error);
    return callAll(kind, calls.slice(1), results.concat([result]), done);
  });
}

const operations = {
  echo: (event, done) => done(null, { echo: event.value }),
  note: (event, done) => say('note', JSON.stringify(event.from), done),
  invoke: (event, done) => callAll(event.type, event.calls, [], done),
  count: (event, done) => done(null, ++count),
  raise: (event, done) => done(new Error(event.text)),
  hang: () => setInterval(() => {}, 1000),
  exit: () => process.exit(7),
  print: (event, done) => {
    process.stdout.write(`printed ${event.mark}\n`);
    process.stderr.write(`complained ${event.mark}\n`);
    console.warn(`logged ${event.mark}`);
    done(null, null);
  },
};

exports.handler = (event, context, done) => {
  const subject = context.clientContext.Custom.subject;
  if (subject) return say('subject', JSON.stringify([subject, event]), done);
  return operations[event.op](event, done);
};

exports.binary = (event, context, done) => say('bytes', event, (error) => {
  const next = context.clientContext.Custom.next;
  if (error || !next) return done(error, event);
  return lambda.invoke({ FunctionName: next, Payload: event }, (failure, answer) => done(failure, answer && answer.Payload));
});
