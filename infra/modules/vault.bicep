// Values of the secrets that the policy names (webhook addresses, tokens). The app reads them; none is an app setting.
param name string
param location string
param tags object
param purgeProtection bool
param auditWorkspaceId string
param privateOnly bool
param subnetId string
param allowedAddresses string[]

var closed = {
  defaultAction: 'Deny'
  bypass: 'AzureServices'
  virtualNetworkRules: empty(subnetId) ? [] : [{ id: subnetId }]
  ipRules: map(allowedAddresses, address => { value: address })
}

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
    enablePurgeProtection: purgeProtection ? true : null // Azure refuses false, once it was true
    networkAcls: privateOnly || !empty(subnetId) ? closed : null // rules that somebody set stay
    publicNetworkAccess: !privateOnly ? null : empty(allowedAddresses) ? 'disabled' : 'enabled'
  }
}

// Who read or changed which secret, and when; never its value. The type is published as a preview only.
#disable-next-line BCP081 // not every compiler has it
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(auditWorkspaceId)) {
  name: 'foresignal-audit'
  scope: vault
  properties: {
    workspaceId: auditWorkspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output name string = vault.name
output url string = vault.properties.vaultUri
