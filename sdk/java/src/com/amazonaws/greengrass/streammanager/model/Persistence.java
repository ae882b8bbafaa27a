package com.amazonaws.greengrass.streammanager.model;

/** Where a stream is kept. */
public enum Persistence { File, Memory }
