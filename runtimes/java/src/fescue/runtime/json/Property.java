package fescue.runtime.json;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;

/** A member of a bean: how it is read, how written, and its type as declared where it is written. */
final class Property {
  final String name;
  Method getter;
  Method setter;
  Field field;
  boolean fieldIsPublic;

  Property(String name) {
    this.name = name;
  }

  boolean isReadable() {
    return getter != null || fieldIsPublic;
  }

  boolean isWritable() {
    return setter != null || field != null;
  }

  Object read(Object bean) {
    try {
      if (getter == null) return field.get(bean);
      return getter.invoke(bean);
    } catch (InvocationTargetException thrown) {
      throw new JsonException("the getter of \"" + name + "\" failed: " + thrown.getCause());
    } catch (IllegalAccessException closed) {
      throw new JsonException("\"" + name + "\" cannot be read");
    }
  }

  void write(Object bean, Object value) {
    try {
      if (setter != null) setter.invoke(bean, value);
      else field.set(bean, value);
    } catch (InvocationTargetException thrown) {
      throw new JsonException("the setter of \"" + name + "\" failed: " + thrown.getCause());
    } catch (IllegalAccessException closed) {
      throw new JsonException("\"" + name + "\" cannot be written");
    }
  }

  /** What is written, of a bean of class `owner`. */
  Type type(Type owner) {
    if (setter == null) return GenericTypes.resolve(field.getGenericType(), owner, field.getDeclaringClass());
    return GenericTypes.resolve(setter.getGenericParameterTypes()[0], owner, setter.getDeclaringClass());
  }

  /** For classes that are not public themselves. What the JDK keeps closed stays so, and fails when used. */
  void open() {
    for (AccessibleObject member : new AccessibleObject[] {getter, setter, field}) {
      try {
        if (member != null) member.setAccessible(true);
      } catch (RuntimeException closed) {
        // see above
      }
    }
  }
}
