package com.amazonaws.greengrass.streammanager.model.sitewise;

import fescue.sdk.Limits;
import fescue.sdk.Model;
import java.util.ArrayList;
import java.util.List;

/** Values of one property, named by its asset and id or by its alias. */
public class PutAssetPropertyValueEntry extends Model {
  @Limits(required = true, min = 1, max = 64, pattern = "[a-zA-Z0-9_-]+")
  private String entryId;
  private String assetId;
  private String propertyId;
  @Limits(min = 1, max = 2048, pattern = Limits.PRINTABLE)
  private String propertyAlias;
  @Limits(required = true, min = 1, max = 10)
  private List<AssetPropertyValue> propertyValues = new ArrayList<>();

  public PutAssetPropertyValueEntry() {}

  public PutAssetPropertyValueEntry(String entryId, String assetId, String propertyId, String propertyAlias,
      List<AssetPropertyValue> propertyValues) {
    this.entryId = entryId;
    this.assetId = assetId;
    this.propertyId = propertyId;
    this.propertyAlias = propertyAlias;
    this.propertyValues = propertyValues;
  }

  public String getEntryId() { return entryId; }
  public void setEntryId(String entryId) { this.entryId = entryId; }
  public PutAssetPropertyValueEntry withEntryId(String entryId) { setEntryId(entryId); return this; }

  public String getAssetId() { return assetId; }
  public void setAssetId(String assetId) { this.assetId = assetId; }
  public PutAssetPropertyValueEntry withAssetId(String assetId) { setAssetId(assetId); return this; }

  public String getPropertyId() { return propertyId; }
  public void setPropertyId(String propertyId) { this.propertyId = propertyId; }
  public PutAssetPropertyValueEntry withPropertyId(String propertyId) { setPropertyId(propertyId); return this; }

  public String getPropertyAlias() { return propertyAlias; }
  public void setPropertyAlias(String propertyAlias) { this.propertyAlias = propertyAlias; }
  public PutAssetPropertyValueEntry withPropertyAlias(String propertyAlias) {
    setPropertyAlias(propertyAlias);
    return this;
  }

  public List<AssetPropertyValue> getPropertyValues() { return propertyValues; }
  public void setPropertyValues(List<AssetPropertyValue> propertyValues) { this.propertyValues = propertyValues; }
  public PutAssetPropertyValueEntry withPropertyValues(List<AssetPropertyValue> propertyValues) {
    setPropertyValues(propertyValues);
    return this;
  }
}
