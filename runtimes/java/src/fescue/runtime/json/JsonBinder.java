package fescue.runtime.json;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What JsonReader.readExactly makes, as an object of a class: collections, maps, arrays, scalars (Scalars), records and beans.
 * Members that a bean does not know are passed over, as in the cloud.
 */
public final class JsonBinder {
  private JsonBinder() {}

  /** JsonException when it does not fit, with the way to the member that does not. */
  public static Object bind(Object value, Type type) {
    Class<?> wanted = GenericTypes.classOf(type);
    if (value == null) return Scalars.ofNull(wanted);
    if (wanted == Object.class) return plain(value);
    if (Map.class.isAssignableFrom(wanted)) return map(value, type, wanted);
    if (Collection.class.isAssignableFrom(wanted) || wanted == Iterable.class) return collection(value, type, wanted);
    if (wanted.isArray() && !(value instanceof String)) return array(value, wanted.getComponentType());
    if (Scalars.knows(wanted)) return Scalars.bind(value, wanted);
    if (wanted.isEnum()) return Scalars.constant(value, wanted);
    return bean(value, type, wanted);
  }

  /** Whether a JSON object can become that. */
  public static boolean takesObjects(Type type) {
    Class<?> wanted = GenericTypes.classOf(type);
    boolean isList = wanted.isArray() || Collection.class.isAssignableFrom(wanted) || wanted == Iterable.class;
    return !isList && !wanted.isEnum() && !Scalars.knows(wanted);
  }

  static Object bindMember(Object value, Type type, String name) {
    try {
      return bind(value, type);
    } catch (JsonException failure) {
      throw new JsonException(name + ": " + failure.getMessage());
    } catch (IllegalArgumentException | NullPointerException | ClassCastException refused) { // by a container
      throw new JsonException(name + ": " + refused);
    }
  }

  /** With fractions as doubles. */
  private static Object plain(Object value) {
    if (value instanceof BigDecimal) return ((BigDecimal) value).doubleValue();
    if (value instanceof Map) {
      Map<String, Object> members = new LinkedHashMap<>();
      for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) members.put((String) each.getKey(), plain(each.getValue()));
      return members;
    }
    if (value instanceof List) {
      List<Object> elements = new ArrayList<>();
      for (Object each : (List<?>) value) elements.add(plain(each));
      return elements;
    }
    return value;
  }

  private static Object map(Object value, Type type, Class<?> wanted) {
    if (!(value instanceof Map)) throw unfit(value, wanted);
    Type keys = GenericTypes.argumentOf(type, 0);
    Type values = GenericTypes.argumentOf(type, 1);
    Map<Object, Object> out = wanted == EnumMap.class ? cast(enumMap(GenericTypes.classOf(keys)))
        : cast(containerOf(wanted, LinkedHashMap.class, TreeMap.class));
    for (Map.Entry<?, ?> each : ((Map<?, ?>) value).entrySet()) {
      String name = (String) each.getKey();
      out.put(bindMember(name, keys, name), bindMember(each.getValue(), values, name));
    }
    return out;
  }

  private static Object collection(Object value, Type type, Class<?> wanted) {
    if (!(value instanceof List)) throw unfit(value, wanted);
    Type elements = GenericTypes.argumentOf(type, 0);
    Collection<Object> out =
        cast(containerOf(wanted, ArrayList.class, LinkedHashSet.class, LinkedList.class, TreeSet.class));
    int index = 0;
    for (Object each : (List<?>) value) out.add(bindMember(each, elements, "[" + index++ + "]"));
    return out;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object enumMap(Class<?> keys) {
    if (!keys.isEnum()) throw new JsonException("the constants of its keys are not known");
    return new EnumMap(keys);
  }

  @SuppressWarnings("unchecked")
  private static <T> T cast(Object container) {
    return (T) container;
  }

  /** Of the wanted class, or of the first usual one that is of it. */
  private static Object containerOf(Class<?> wanted, Class<?>... usual) {
    Class<?> made = wanted;
    if (Modifier.isAbstract(wanted.getModifiers())) {
      for (int i = usual.length - 1; i >= 0; --i) {
        if (wanted.isAssignableFrom(usual[i])) made = usual[i];
      }
    }
    return newInstance(made);
  }

  private static Object array(Object value, Class<?> element) {
    if (!(value instanceof List)) throw unfit(value, Array.newInstance(element, 0).getClass());
    List<?> elements = (List<?>) value;
    Object out = Array.newInstance(element, elements.size());
    for (int i = 0; i < elements.size(); ++i) Array.set(out, i, bindMember(elements.get(i), element, "[" + i + "]"));
    return out;
  }

  private static Object bean(Object value, Type type, Class<?> wanted) {
    if (!(value instanceof Map)) return fromScalar(value, wanted);
    Map<?, ?> members = (Map<?, ?>) value;
    if (Records.isRecord(wanted)) return Records.make(wanted, type, members);
    Object out = newInstance(wanted);
    Bean bean = Bean.of(wanted);
    for (Map.Entry<?, ?> member : members.entrySet()) {
      Property property = bean.property((String) member.getKey());
      if (property == null || !property.isWritable()) continue;
      Type memberType = property.type(type);
      if (member.getValue() == null && GenericTypes.classOf(memberType).isPrimitive()) continue;
      property.write(out, bindMember(member.getValue(), memberType, property.name));
    }
    return out;
  }

  /** By the constructor that takes a String, as Jackson does. */
  private static Object fromScalar(Object value, Class<?> wanted) {
    if (!(value instanceof String)) throw unfit(value, wanted);
    try {
      return wanted.getConstructor(String.class).newInstance(value);
    } catch (InvocationTargetException thrown) {
      throw new JsonException("the constructor of " + wanted.getName() + " failed: " + thrown.getCause());
    } catch (ReflectiveOperationException none) {
      throw unfit(value, wanted);
    }
  }

  private static Object newInstance(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      if (!Bean.isOpaque(type)) constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (InvocationTargetException thrown) {
      throw new JsonException("the constructor of " + type.getName() + " failed: " + thrown.getCause());
    } catch (ReflectiveOperationException none) {
      throw new JsonException(type.getName() + " has no constructor without parameters that could be used");
    }
  }

  static JsonException unfit(Object value, Class<?> wanted) {
    String what = value instanceof Map ? "an object" : value instanceof List ? "an array"
        : value instanceof String ? "a string" : value instanceof Number ? "a number" : String.valueOf(value);
    return new JsonException("it is " + what + " and no " + wanted.getTypeName());
  }
}
