package fescue.runtime.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The properties of a class, by the rules of Jackson, which V1 used: getters, setters and public fields; a private field is
 * written where its getter makes it a property. Jackson's JsonProperty, JsonIgnore and, of a class, JsonInclude are heeded where a
 * package brings them.
 */
final class Bean {
  private static final Map<Class<?>, Bean> KNOWN = new ConcurrentHashMap<>();
  private static final String ANNOTATIONS = "com.fasterxml.jackson.annotation.";

  private final Map<String, Property> properties = new LinkedHashMap<>();
  private final Set<String> ignored = new HashSet<>();
  private final Map<String, String> renamed = new LinkedHashMap<>();
  private final boolean leavesOutNull;

  private Bean(Class<?> type) {
    if (type.getSuperclass() != null) addFields(type);
    for (Method method : type.getMethods()) addMethod(method);
    for (String name : ignored) properties.remove(name);
    for (Iterator<Property> each = properties.values().iterator(); each.hasNext();) {
      Property property = each.next();
      if (!property.isReadable() && property.setter == null && !renamed.containsKey(property.name)) each.remove();
    }
    rename();
    for (Property property : properties.values()) property.open();
    leavesOutNull = leavesOutNull(type);
  }

  /** As the class or the nearest one above it says. */
  private static boolean leavesOutNull(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Annotation each : at.getDeclaredAnnotations()) {
        if (!each.annotationType().getName().equals(ANNOTATIONS + "JsonInclude")) continue;
        return String.valueOf(valueOf(each)).startsWith("NON_");
      }
    }
    return false;
  }

  static Bean of(Class<?> type) {
    Bean bean = KNOWN.get(type);
    if (bean == null) {
      bean = new Bean(type);
      KNOWN.put(type, bean);
    }
    return bean;
  }

  Collection<Property> properties() {
    return properties.values();
  }

  /** Whether members that are null are not written. */
  boolean leavesOutNull() {
    return leavesOutNull;
  }

  /** Null when there is none of that name. */
  Property property(String name) {
    return properties.get(name);
  }

  /** Of the JDK, and no container of anything: its text stands for it. */
  static boolean isOpaque(Class<?> type) {
    String name = type.getName();
    return name.startsWith("java.") || name.startsWith("sun.") || name.startsWith("jdk.");
  }

  private void addFields(Class<?> type) {
    if (type == Object.class || isOpaque(type)) return;
    addFields(type.getSuperclass());
    for (Field field : type.getDeclaredFields()) {
      int modifiers = field.getModifiers();
      if (Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers) || field.isSynthetic()) continue;
      Property property = named(field.getName());
      property.field = field;
      property.fieldIsPublic = Modifier.isPublic(modifiers);
      heedAnnotations(field, field.getName());
      if (renamed.containsKey(field.getName())) property.fieldIsPublic = true;
    }
  }

  private void addMethod(Method method) {
    if (Modifier.isStatic(method.getModifiers()) || method.isBridge() || method.getDeclaringClass() == Object.class) return;
    String name = method.getName();
    int parameters = method.getParameterTypes().length;
    Class<?> result = method.getReturnType();
    boolean isBoolean = result == boolean.class || result == Boolean.class;
    if (parameters == 0 && name.length() > 3 && name.startsWith("get") && result != void.class) {
      addGetter(method, propertyName(name.substring(3)));
    } else if (parameters == 0 && name.length() > 2 && name.startsWith("is") && isBoolean) {
      addGetter(method, propertyName(name.substring(2)));
    } else if (parameters == 1 && name.length() > 3 && name.startsWith("set")) {
      addSetter(method, propertyName(name.substring(3)));
    } else if (parameters == 0 && Records.isAccessor(method)) {
      addGetter(method, name);
    }
  }

  private void addGetter(Method method, String name) {
    named(name).getter = method;
    heedAnnotations(method, name);
  }

  private void addSetter(Method method, String name) {
    Property property = named(name);
    boolean fits = property.getter != null && property.getter.getReturnType() == method.getParameterTypes()[0];
    if (property.setter == null || fits) property.setter = method;
    heedAnnotations(method, name);
  }

  private Property named(String name) {
    Property property = properties.get(name);
    if (property == null) {
      property = new Property(name);
      properties.put(name, property);
    }
    return property;
  }

  /** As Jackson does: all leading capitals become small, "URLPath" is "urlpath". */
  private static String propertyName(String capitalised) {
    StringBuilder name = new StringBuilder(capitalised);
    for (int i = 0; i < name.length() && Character.isUpperCase(name.charAt(i)); ++i) {
      name.setCharAt(i, Character.toLowerCase(name.charAt(i)));
    }
    return name.toString();
  }

  private void heedAnnotations(AnnotatedElement element, String name) {
    for (Annotation annotation : element.getDeclaredAnnotations()) {
      String type = annotation.annotationType().getName();
      if (type.equals(ANNOTATIONS + "JsonIgnore") && !Boolean.FALSE.equals(valueOf(annotation))) ignored.add(name);
      if (!type.equals(ANNOTATIONS + "JsonProperty")) continue;
      String wanted = String.valueOf(valueOf(annotation));
      renamed.put(name, wanted.isEmpty() ? name : wanted);
    }
  }

  private static Object valueOf(Annotation annotation) {
    try {
      return annotation.annotationType().getMethod("value").invoke(annotation);
    } catch (ReflectiveOperationException other) {
      return "";
    }
  }

  private void rename() {
    for (Map.Entry<String, String> entry : renamed.entrySet()) {
      Property old = properties.get(entry.getKey());
      if (old == null || entry.getKey().equals(entry.getValue())) continue;
      properties.remove(entry.getKey());
      Property fresh = named(entry.getValue());
      if (old.getter != null) fresh.getter = old.getter;
      if (old.setter != null) fresh.setter = old.setter;
      if (old.field != null) fresh.field = old.field;
      fresh.fieldIsPublic |= old.fieldIsPublic;
    }
  }
}
