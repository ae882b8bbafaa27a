package com.amazonaws.greengrass.streammanager.client;

import com.amazonaws.greengrass.streammanager.client.exception.StreamManagerException;
import com.amazonaws.greengrass.streammanager.model.Message;
import com.amazonaws.greengrass.streammanager.model.MessageStreamDefinition;
import com.amazonaws.greengrass.streammanager.model.MessageStreamInfo;
import com.amazonaws.greengrass.streammanager.model.ReadMessagesOptions;
import java.util.List;

/** Streams of the core. There is none to be had yet: see StreamManagerClientFactory. */
public interface StreamManagerClient extends AutoCloseable {
  void createMessageStream(MessageStreamDefinition definition) throws StreamManagerException;

  void updateMessageStream(MessageStreamDefinition definition) throws StreamManagerException;

  void deleteMessageStream(String streamName) throws StreamManagerException;

  MessageStreamInfo describeMessageStream(String streamName) throws StreamManagerException;

  long appendMessage(String streamName, byte[] data) throws StreamManagerException;

  List<Message> readMessages(String streamName, ReadMessagesOptions options) throws StreamManagerException;

  List<String> listStreams() throws StreamManagerException;
}
