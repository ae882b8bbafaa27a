package com.amazonaws.greengrass.ipcsdk;

import fescue.runtime.Answer;
import fescue.runtime.ConnectionLost;
import fescue.runtime.ConnectionPool;
import fescue.runtime.InterfaceVersions;
import fescue.runtime.Requests;

/** The local API, over connections that all clients of the process share. For any number of threads. */
public class DefaultIPCClient implements IPCClient {
  private static final byte[] NOTHING = {};

  private final String token;

  /** IllegalStateException when the package's SDK is newer than this core. */
  public DefaultIPCClient() {
    InterfaceVersions.check();
    String set = System.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    token = set == null ? "" : set;
  }

  @Override
  public String postWork(String functionArn, String invocationType, byte[] payload, String clientContext)
      throws IPCException {
    String opening;
    try {
      opening = Requests.opening("POST", functionArn, "", token)
          + Requests.header(Requests.CLIENT_CONTEXT, clientContext == null ? "" : clientContext)
          + Requests.header(Requests.INVOCATION_TYPE, invocationType);
    } catch (IllegalArgumentException refused) {
      throw new IPCException(refused.getMessage());
    }
    return exchange(ConnectionPool.POSTS, opening, payload == null ? NOTHING : payload).invocationId;
  }

  @Override
  public WorkResult getWorkResult(String functionArn, String invocationId) throws IPCException {
    String opening = Requests.opening("GET", functionArn, "", token) + Requests.header(Requests.INVOCATION_ID, invocationId);
    Answer answer = exchange(ConnectionPool.WAITS, opening, NOTHING);
    return new WorkResult(answer.body, answer.status, answer.functionError == null ? "" : answer.functionError);
  }

  private static Answer exchange(ConnectionPool pool, String opening, byte[] body) throws IPCException {
    Answer answer;
    try {
      answer = pool.exchange(Requests.withLength(opening, body.length), body);
    } catch (ConnectionLost lost) {
      throw new IPCException(lost.getMessage(), lost);
    }
    if (!answer.isOk()) throw new IPCException(answer.refusal());
    return answer;
  }
}
