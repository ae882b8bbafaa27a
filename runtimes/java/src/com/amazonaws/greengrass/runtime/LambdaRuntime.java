package com.amazonaws.greengrass.runtime;

import fescue.runtime.Worker;

/** V1's name for the main class of a Java worker: ... com.amazonaws.greengrass.runtime.LambdaRuntime --handler=Class::method */
public final class LambdaRuntime {
  private LambdaRuntime() {}

  public static void main(String[] words) {
    Worker.run(words);
  }
}
