package fescue.runtime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** The function's handler: a method, what it takes, and the object that it is called on. */
final class Handler {
  /** What a parameter is. */
  enum Role { EVENT, INPUT, OUTPUT, CONTEXT }

  private final Method method;
  private final Object instance;
  private final Role[] roles;
  private final Type eventType;
  private final boolean streams;

  /** roles: of the parameters, in order. eventType: of the one with the role EVENT, if any. */
  Handler(Method method, Object instance, Role[] roles, Type eventType) {
    this.method = method;
    this.instance = instance;
    this.roles = roles;
    this.eventType = eventType;
    boolean any = false;
    for (Role role : roles) any |= role == Role.INPUT || role == Role.OUTPUT;
    streams = any;
  }

  /** Whether payloads pass as they are. */
  boolean usesStreams() {
    return streams;
  }

  /** The result's bytes. Throws what the handler throws, and BadPayload. */
  byte[] handle(byte[] payload, Invocation invocation) throws Throwable {
    Object[] arguments = new Object[roles.length];
    ByteArrayOutputStream output = null;
    for (int i = 0; i < roles.length; ++i) {
      switch (roles[i]) {
        case EVENT:
          arguments[i] = Payloads.eventOf(payload, eventType);
          break;
        case INPUT:
          arguments[i] = new ByteArrayInputStream(payload);
          break;
        case OUTPUT:
          arguments[i] = output = new ByteArrayOutputStream();
          break;
        default:
          arguments[i] = new InvocationContext(invocation);
      }
    }
    Object result = call(arguments);
    if (streams) return output == null ? new byte[0] : output.toByteArray();
    return Payloads.bytesOf(result);
  }

  private Object call(Object[] arguments) throws Throwable {
    try {
      return method.invoke(instance, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  /** Of a parameter of that class. */
  static Role roleOf(Class<?> type) {
    if (type == InputStream.class) return Role.INPUT;
    if (type == OutputStream.class) return Role.OUTPUT;
    return type.getName().equals("com.amazonaws.services.lambda.runtime.Context") ? Role.CONTEXT : Role.EVENT;
  }
}
