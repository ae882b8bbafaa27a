package fescue.runtime;

import fescue.runtime.Handler.Role;
import fescue.runtime.json.GenericTypes;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;

/**
 * Finds what "package.Class::method", or "package.Class" for its handleRequest, names
 * (docs/compatibility/languages.md#java-handlers).
 *
 * Handlers of JSON take an event, a context, both in this order, or nothing; handlers of bytes any of InputStream,
 * OutputStream and context in this order, but not a context alone. Among overloads the one with most parameters wins, then
 * the one whose last is the context. A function with binary encoding must have streams; with JSON, streams are used where
 * there is nothing else, as in the cloud.
 */
final class HandlerFinder {
  private HandlerFinder() {}

  /** Loads and initialises the class and makes its instance. Throws what that throws, and IllegalArgumentException. */
  static Handler find(String name, boolean isBinary) throws Throwable {
    int colons = name.indexOf("::");
    String className = colons < 0 ? name : name.substring(0, colons);
    String methodName = colons < 0 ? "handleRequest" : name.substring(colons + 2);
    if (className.isEmpty() || methodName.isEmpty()) {
      throw new IllegalArgumentException("the handler is not of the form package.Class::method");
    }
    Class<?> type = load(className);
    Method best = null;
    for (Method method : type.getMethods()) {
      if (!method.getName().equals(methodName) || method.isBridge() || rank(method, isBinary) < 0) continue;
      if (best == null || isBetter(method, best, isBinary)) best = method;
    }
    if (best == null) {
      throw new IllegalArgumentException("class " + className + " has no public method \"" + methodName
          + (isBinary ? "\" that takes streams, as a function with binary encoding must" : "\" that can be a handler"));
    }
    return handlerOf(type, best);
  }

  private static Class<?> load(String name) throws Throwable {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException absent) {
      throw new ClassNotFoundException("class " + name + " is neither in the package nor in a jar of its lib folder", absent);
    } catch (ExceptionInInitializerError failed) {
      throw failed.getCause() == null ? failed : failed.getCause();
    }
  }

  private static Handler handlerOf(Class<?> type, Method method) throws Throwable {
    Class<?>[] parameters = method.getParameterTypes();
    Role[] roles = rolesOf(parameters);
    Type eventType = null;
    for (int i = 0; i < roles.length; ++i) {
      if (roles[i] != Role.EVENT) continue;
      eventType = parameters[i] == Object.class && method.getGenericParameterTypes()[i] == Object.class
          ? Object.class
          : GenericTypes.resolve(method.getGenericParameterTypes()[i], type, method.getDeclaringClass());
    }
    method.setAccessible(true);
    return new Handler(method, Modifier.isStatic(method.getModifiers()) ? null : instanceOf(type), roles, eventType);
  }

  private static Object instanceOf(Class<?> type) throws Throwable {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (NoSuchMethodException absent) {
      throw new IllegalArgumentException("class " + type.getName() + " has no constructor without parameters");
    } catch (InstantiationException impossible) {
      throw new IllegalArgumentException("class " + type.getName() + " is abstract");
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static boolean isBetter(Method method, Method other, boolean isBinary) {
    int difference = rank(method, isBinary) - rank(other, isBinary);
    if (difference != 0) return difference > 0;
    // Overloads that differ in the event's class alone: the more special one.
    Class<?>[] mine = method.getParameterTypes();
    Class<?>[] theirs = other.getParameterTypes();
    for (int i = 0; i < mine.length; ++i) {
      if (mine[i] != theirs[i]) return theirs[i].isAssignableFrom(mine[i]);
    }
    return other.getDeclaringClass().isAssignableFrom(method.getDeclaringClass());
  }

  /** Ever better; -1 for what cannot be a handler. */
  private static int rank(Method method, boolean isBinary) {
    Role[] roles = rolesOf(method.getParameterTypes());
    boolean streams = areStreams(roles);
    if (!streams && (isBinary || !areJson(roles))) return -1;
    int rank = roles.length * 2;
    if (roles.length > 0 && roles[roles.length - 1] == Role.CONTEXT) ++rank;
    return streams || isBinary ? rank : rank + 100;
  }

  private static Role[] rolesOf(Class<?>[] parameters) {
    Role[] roles = new Role[parameters.length];
    for (int i = 0; i < roles.length; ++i) roles[i] = Handler.roleOf(parameters[i]);
    return roles;
  }

  private static boolean areJson(Role[] roles) {
    if (roles.length > 2) return false;
    if (roles.length == 2) return roles[0] == Role.EVENT && roles[1] == Role.CONTEXT;
    return roles.length == 0 || roles[0] == Role.EVENT || roles[0] == Role.CONTEXT;
  }

  private static boolean areStreams(Role[] roles) {
    Role last = Role.EVENT;
    for (Role role : roles) {
      if (role.ordinal() <= last.ordinal()) return false;
      last = role;
    }
    return roles.length > 0 && roles[0] != Role.CONTEXT;
  }
}
