package fescue.runtime;

/** The SDK that a function uses must not be newer than the core (docs/compatibility/runtimes.md#interface-versions). */
public final class InterfaceVersions {
  private static final String OURS = "1.5"; // what this runtime was written for, where the core says nothing
  private static boolean checked;

  private InterfaceVersions() {}

  /** When the SDK makes its first client: functions that bring none need no look through their jars. */
  public static synchronized void check() {
    if (checked) return;
    String wanted = "1.0";
    try {
      Class<?> sdk = Class.forName("com.amazonaws.greengrass.javasdk.InterfaceVersion");
      wanted = String.valueOf(sdk.getField("INTERFACE_VERSION").get(null));
    } catch (ReflectiveOperationException beforeVersions) {
      // as it says
    }
    String offered = System.getenv("GGC_MAX_INTERFACE_VERSION");
    if (offered == null || offered.isEmpty()) offered = OURS;
    int[] needs = parse(wanted);
    int[] has = parse(offered);
    if (needs[0] != has[0] || needs[1] > has[1]) {
      throw new IllegalStateException("there is a version incompatibility: the Greengrass SDK of function ["
          + System.getenv("MY_FUNCTION_ARN") + "] needs interface version " + wanted + " and this core offers " + offered);
    }
    checked = true;
  }

  /** "1.5" as 1 and 5. */
  private static int[] parse(String version) {
    int dot = version.indexOf('.');
    try {
      return new int[] {Integer.parseInt(version.substring(0, dot)), Integer.parseInt(version.substring(dot + 1))};
    } catch (RuntimeException malformed) {
      throw new IllegalStateException("\"" + version + "\" is not a version of the form major.minor");
    }
  }
}
