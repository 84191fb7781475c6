// Values of the secrets that the policy names (webhook addresses, tokens). The app reads them; none is an app setting.
param name string
param location string
param tags object

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
  }
}

output name string = vault.name
output url string = vault.properties.vaultUri
