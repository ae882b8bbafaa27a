package com.amazonaws.greengrass.javasdk.model;

/** The message was taken. */
public class PublishResult {}
