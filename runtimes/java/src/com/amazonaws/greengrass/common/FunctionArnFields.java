package com.amazonaws.greengrass.common;

/** arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]; region and account are empty for the core's services. */
public final class FunctionArnFields {
  private final String unqualifiedArn;
  private final String region;
  private final String accountId;
  private final String name;
  private final String qualifier;

  private FunctionArnFields(String[] fields, String unqualifiedArn) {
    this.unqualifiedArn = unqualifiedArn;
    region = fields[3];
    accountId = fields[4];
    name = fields[6];
    qualifier = fields.length == 8 ? fields[7] : null;
  }

  public static FunctionArnFields fromString(String arn) throws InvalidArnException {
    String[] fields = arn == null ? new String[0] : arn.split(":", -1);
    boolean sound = (fields.length == 7 || fields.length == 8) && fields[0].equals("arn") && fields[1].startsWith("aws")
        && fields[2].equals("lambda") && fields[5].equals("function") && isWord(fields[1], "-") && isWord(fields[3], "-")
        && isWord(fields[4], "") && isName(fields[6])
        && (fields.length == 7 || fields[7].equals("$LATEST") || isName(fields[7]));
    if (!sound) throw new InvalidArnException("Cannot parse given string as a function ARN.");
    return new FunctionArnFields(fields, fields.length == 7 ? arn : arn.substring(0, arn.lastIndexOf(':')));
  }

  private static boolean isName(String text) {
    return !text.isEmpty() && isWord(text, "-_");
  }

  /** Letters, digits and characters of `more` alone. */
  private static boolean isWord(String text, String more) {
    for (int i = 0; i < text.length(); ++i) {
      char c = text.charAt(i);
      boolean isPlain = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!isPlain && more.indexOf(c) < 0) return false;
    }
    return true;
  }

  public String getRegion() {
    return region;
  }

  public String getAccountId() {
    return accountId;
  }

  public String getName() {
    return name;
  }

  /** Null without one. */
  public String getQualifier() {
    return qualifier;
  }

  public String getUnqualifiedArn() {
    return unqualifiedArn;
  }

  public String toArnString() {
    return qualifier == null ? unqualifiedArn : unqualifiedArn + ":" + qualifier;
  }

  @Override
  public String toString() {
    return toArnString();
  }
}
