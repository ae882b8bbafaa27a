package com.amazonaws.greengrass.javasdk;

/** A client of the core. */
abstract class GGClient {}
