package probe;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/** Objects that events become, and that results are. */
public final class Beans {
  private Beans() {}

  public enum Unit { CELSIUS, KELVIN { } }

  public static class Reading {
    private String name;
    private double value;
    private Unit unit;
    private List<Reading> parts = new ArrayList<>();

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public double getValue() {
      return value;
    }

    public void setValue(double value) {
      this.value = value;
    }

    public Unit getUnit() {
      return unit;
    }

    public void setUnit(Unit unit) {
      this.unit = unit;
    }

    public List<Reading> getParts() {
      return parts;
    }

    public void setParts(List<Reading> parts) {
      this.parts = parts;
    }
  }

  /** One of everything. */
  public static class Everything {
    public int i;
    public Long l;
    public short s;
    public byte b;
    public float f;
    public Double d;
    public boolean yes;
    public Boolean maybe;
    public char c;
    public String text;
    public BigInteger big;
    public BigDecimal exact;
    public Number number;
    public Object any;
    public byte[] bytes;
    public int[] ints;
    public String[][] table;
    public Date when;
    public UUID id;
    public Unit unit;
    public Set<Unit> units;
    public Map<Unit, Integer> byUnit;
    public SortedMap<String, List<Long>> sorted;
    public Map<String, Reading> readings;
    private transient int unseen = 1;
    private int hidden = 2;
  }

  /** Classes that few functions use. */
  public static class Rare {
    public EnumMap<Unit, String> byUnit;
    public java.util.Deque<String> line;
    public java.util.Calendar calendar;
    public java.sql.Timestamp stamp;
    public java.util.concurrent.atomic.AtomicInteger counter;
    public java.util.concurrent.atomic.AtomicLong total;
    public java.util.concurrent.atomic.AtomicBoolean done;
    public StringBuilder builder;
    public double zero;
  }

  /** Names by Jackson's rules; a field that only its getter shows. */
  public static class Names {
    private String url = "u";
    private boolean on;
    private String inner = "i";

    public String getURL() {
      return url;
    }

    public void setURL(String url) {
      this.url = url;
    }

    public boolean isOn() {
      return on;
    }

    public void setOn(boolean on) {
      this.on = on;
    }

    public String getInner() {
      return inner;
    }

    public void setWriteOnly(String text) {
      inner += text;
    }
  }

  public static class FromText {
    private final String text;

    public FromText(String text) {
      this.text = text;
    }

    public String getText() {
      return text;
    }
  }

  public static class Picky {
    public int getBad() {
      throw new IllegalStateException("bad getter");
    }
  }

  public static class Box<T> {
    private T content;

    public T getContent() {
      return content;
    }

    public void setContent(T content) {
      this.content = content;
    }
  }

  public static class Handler {
    public Everything everything(Everything event) {
      return event;
    }

    public Rare rare(Rare event) {
      return event;
    }

    public Names names(Names event) {
      return event;
    }

    public FromText text(FromText event) {
      return event;
    }

    public String box(Box<Reading> event) {
      return event.getContent().getClass().getSimpleName() + " " + event.getContent().getName();
    }

    public Map<String, Object> reading(Reading event) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("null", event == null);
      out.put("name", event == null ? null : event.getName());
      return out;
    }

    public String text(String event) {
      return event;
    }

    public int number(Integer event) {
      return event;
    }

    public Object results(String what) {
      Map<Unit, Object> byUnit = new EnumMap<>(Unit.class);
      byUnit.put(Unit.KELVIN, 1.5f);
      switch (what) {
        case "numbers":
          return new Object[] {1, -2L, (short) 3, (byte) 4, 1.5, 1e300, 1e-7, Double.NaN, new BigInteger("123456789012345678901"),
            new BigDecimal("0.10"), Float.POSITIVE_INFINITY};
        case "texts":
          return new Object[] {"\u0000\u001f\"\\/\b\f\n\r\t\u007f", "\u00e4\u20ac\ud83d\ude00", "\ud800", 'c', new char[] {'a', 'b'}, Unit.KELVIN,
            new StringBuilder("sb"), new UUID(1, 2)};
        case "containers":
          return new Object[] {byUnit, new int[][] {{1}, {}}, java.util.Collections.singleton(null), new byte[] {1, 2, 3},
            java.util.Optional.of(1), new Date(1500), java.nio.ByteBuffer.wrap(new byte[] {4, 5}), new LinkedHashMap<>()};
        case "of the JDK":
          return new Object[] {new Object(), new java.util.AbstractMap.SimpleEntry<>("k", 1), String.class,
            java.util.TimeZone.getTimeZone("UTC"), java.nio.file.Paths.get("/a"), java.util.Locale.US};
        case "bean":
          return new Names();
        case "picky":
          return new Picky();
        default:
          return new Object();
      }
    }
  }
}
