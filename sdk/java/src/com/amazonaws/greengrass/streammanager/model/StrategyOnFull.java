package com.amazonaws.greengrass.streammanager.model;

/** What becomes of a message for which a stream has no room. */
public enum StrategyOnFull { RejectNewData, OverwriteOldestData }
