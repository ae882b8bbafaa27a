package com.fasterxml.jackson.core;

import java.io.IOException;

/**
 * Stands in for Jackson's where a package brings no Jackson: ValidateAndSerialize declares it, and functions that catch it by
 * name must compile and load. A package's own is found first.
 */
public class JsonProcessingException extends IOException {
  private static final long serialVersionUID = 1;

  protected JsonProcessingException(String message) {
    super(message);
  }
}
