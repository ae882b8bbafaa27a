package fescue.runtime.json;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;

/** Declared types with their variables replaced by what a subclass or a use has put for them. */
public final class GenericTypes {
  private GenericTypes() {}

  /** `type` as `declaring`, a class or interface of `context`'s ancestry, wrote it. Unknown variables become their bounds. */
  public static Type resolve(Type type, Type context, Class<?> declaring) {
    if (type instanceof Class) return type;
    if (type instanceof WildcardType) return resolve(((WildcardType) type).getUpperBounds()[0], context, declaring);
    if (type instanceof GenericArrayType) {
      Type element = resolve(((GenericArrayType) type).getGenericComponentType(), context, declaring);
      return Array.newInstance(classOf(element), 0).getClass();
    }
    if (type instanceof ParameterizedType) {
      Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
      Type[] resolved = new Type[arguments.length];
      for (int i = 0; i < arguments.length; ++i) resolved[i] = resolve(arguments[i], context, declaring);
      return new Parameterized(classOf(type), resolved);
    }
    TypeVariable<?> variable = (TypeVariable<?>) type;
    Type found = argument(context, declaring, variable);
    return found != null ? found : boundOf(variable);
  }

  public static Class<?> classOf(Type type) {
    if (type instanceof Class) return (Class<?>) type;
    if (type instanceof ParameterizedType) return (Class<?>) ((ParameterizedType) type).getRawType();
    return Object.class;
  }

  /** The argument of that number; Object without one. */
  static Type argumentOf(Type type, int number) {
    if (!(type instanceof ParameterizedType)) return Object.class;
    Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
    return number < arguments.length ? arguments[number] : Object.class;
  }

  private static Type boundOf(TypeVariable<?> variable) {
    Type bound = variable.getBounds()[0];
    return classOf(bound);
  }

  /** What `context` puts for a variable of `declaring`; null when it does not say. */
  private static Type argument(Type context, Class<?> declaring, TypeVariable<?> variable) {
    Class<?> type = classOf(context);
    if (type == declaring) {
      TypeVariable<?>[] variables = type.getTypeParameters();
      for (int i = 0; i < variables.length; ++i) {
        if (variables[i].equals(variable) && context instanceof ParameterizedType) return argumentOf(context, i);
      }
      return null;
    }
    Type parent = type.getGenericSuperclass();
    if (parent != null && declaring.isAssignableFrom(classOf(parent))) {
      return argument(resolve(parent, context, type), declaring, variable);
    }
    for (Type each : type.getGenericInterfaces()) {
      if (declaring.isAssignableFrom(classOf(each))) return argument(resolve(each, context, type), declaring, variable);
    }
    return null;
  }

  private static final class Parameterized implements ParameterizedType {
    private final Class<?> raw;
    private final Type[] arguments;

    Parameterized(Class<?> raw, Type[] arguments) {
      this.raw = raw;
      this.arguments = arguments;
    }

    @Override
    public Type[] getActualTypeArguments() {
      return arguments;
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public Type getOwnerType() {
      return raw.getDeclaringClass();
    }

    @Override
    public String toString() {
      return raw.getName() + Arrays.toString(arguments);
    }
  }
}
