package fescue.sdk;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value that consists of its fields: equality, text, JSON and what is wrong with it follow from these and their Limits. */
public abstract class Model {
  /** For JSON and the wire, by name. What is not set or empty is left out; models become maps and Numbered numbers. */
  public final Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Field field : fields()) {
      Object value = read(field);
      boolean isEmpty = value instanceof Collection ? ((Collection<?>) value).isEmpty()
          : value instanceof Map && ((Map<?, ?>) value).isEmpty();
      if (value == null || isEmpty) continue;
      Limits limits = field.getAnnotation(Limits.class);
      members.put(limits == null || limits.name().isEmpty() ? field.getName() : limits.name(), plain(value));
    }
    return members;
  }

  /** Sentences on all fields that break their limits; none when all is well. */
  public final List<String> faults() {
    List<String> faults = new ArrayList<>();
    addFaults("", faults);
    return faults;
  }

  @Override
  public boolean equals(Object other) {
    return other != null && other.getClass() == getClass() && Arrays.deepEquals(values(), ((Model) other).values());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(values());
  }

  /** "Message[streamName=a, payload=[1, 2]]" */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(owner().getSimpleName()).append('[');
    for (Field field : fields()) {
      Object value = read(field);
      out.append(out.charAt(out.length() - 1) == '[' ? "" : ", ").append(field.getName()).append('=');
      out.append(value instanceof byte[] ? Arrays.toString((byte[]) value) : String.valueOf(value));
    }
    return out.append(']').toString();
  }

  private void addFaults(String path, List<String> faults) {
    for (Field field : fields()) {
      Object value = read(field);
      String name = path + field.getName();
      Limits limits = field.getAnnotation(Limits.class);
      if (value == null && limits != null && limits.required()) faults.add(name + " is required.");
      else if (value != null && limits != null) addFaults(name, value, limits, faults);
      if (value instanceof Model) ((Model) value).addFaults(name + ".", faults);
      int index = 0;
      for (Object each : value instanceof List ? (List<?>) value : new ArrayList<>()) {
        if (each instanceof Model) ((Model) each).addFaults(name + "[" + index + "].", faults);
        ++index;
      }
    }
  }

  private static void addFaults(String name, Object value, Limits limits, List<String> faults) {
    long size = sizeOf(value);
    if (size < 0 || size > limits.max() || size < limits.min()) {
      String what = value instanceof Number ? "" : value instanceof List ? " elements" : " characters";
      boolean hasEnd = limits.max() != Long.MAX_VALUE;
      faults.add(name + " must be " + limits.min() + (hasEnd ? " to " + limits.max() + what : what + " or more") + ".");
    } else if (!limits.pattern().isEmpty() && !((String) value).matches(limits.pattern())) {
      faults.add(name + " must be of the form " + limits.pattern() + ".");
    }
  }

  private static long sizeOf(Object value) {
    if (value instanceof Long) return (Long) value;
    if (value instanceof Collection) return ((Collection<?>) value).size();
    return value instanceof String ? ((String) value).length() : 0;
  }

  private static Object plain(Object value) {
    if (value instanceof Model) return ((Model) value).members();
    if (value instanceof Numbered) return ((Numbered) value).value();
    if (value instanceof Enum) return ((Enum<?>) value).name();
    if (!(value instanceof Collection)) return value;
    List<Object> elements = new ArrayList<>();
    for (Object each : (Collection<?>) value) elements.add(plain(each));
    return elements;
  }

  private Object[] values() {
    List<Object> values = new ArrayList<>();
    for (Field field : fields()) values.add(read(field));
    return values.toArray();
  }

  private Object read(Field field) {
    try {
      field.setAccessible(true);
      return field.get(this);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    for (Field field : owner().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) fields.add(field);
    }
    return fields;
  }

  /** The model's own class, of which functions may derive. */
  private Class<?> owner() {
    Class<?> type = getClass();
    while (type.getSuperclass() != Model.class) type = type.getSuperclass();
    return type;
  }
}
