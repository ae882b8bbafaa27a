package fescue.runtime.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records, which Java 8 does not know: a class whose fields are its components, made by the constructor that takes all. */
final class Records {
  private Records() {}

  static boolean isRecord(Class<?> type) {
    return type.getSuperclass() != null && type.getSuperclass().getName().equals("java.lang.Record");
  }

  static boolean isAccessor(Method method) {
    if (!isRecord(method.getDeclaringClass())) return false;
    for (Field component : componentsOf(method.getDeclaringClass())) {
      if (component.getName().equals(method.getName())) return true;
    }
    return false;
  }

  static Object make(Class<?> type, Type owner, Map<?, ?> members) {
    List<Field> components = componentsOf(type);
    Class<?>[] types = new Class<?>[components.size()];
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; ++i) {
      Field component = components.get(i);
      types[i] = component.getType();
      Type wanted = GenericTypes.resolve(component.getGenericType(), owner, type);
      values[i] = JsonBinder.bindMember(members.get(component.getName()), wanted, component.getName());
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException thrown) {
      throw new JsonException("the constructor of " + type.getName() + " failed: " + thrown.getCause());
    } catch (ReflectiveOperationException impossible) {
      throw new JsonException("no " + type.getName() + " can be made: " + impossible);
    }
  }

  private static List<Field> componentsOf(Class<?> type) {
    List<Field> components = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) components.add(field);
    }
    return components;
  }
}
