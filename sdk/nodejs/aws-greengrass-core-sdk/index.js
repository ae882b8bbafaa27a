'use strict';

// Greengrass Core SDK for functions on a Fescue core, with the API of the official aws-greengrass-core-sdk 1.7.
//
//     const gg = require('aws-greengrass-core-sdk');
//     new gg.IotData().publish({ topic: 'plant/1/status', payload: 'ok' }, (error) => { ... });
//
// Classes are loaded when first used: a worker's start should be short.

exports.GreengrassInterfaceVersion = '1.5';

// How ES modules learn which names there are to import; not run.
0 && (module.exports = { GreengrassInterfaceVersion, Lambda, IotData, SecretsManager, StreamManager });

const files = {
  Lambda: './lambda',
  IotData: './iotdata',
  SecretsManager: './secretsmanager',
  StreamManager: './stream-manager',
};

for (const name of Object.keys(files)) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => require(files[name]) });
}
