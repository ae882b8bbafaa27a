package com.amazonaws.greengrass.javasdk.model;

/** Whether the caller waits for the result. */
public enum InvocationType { Event, RequestResponse }
