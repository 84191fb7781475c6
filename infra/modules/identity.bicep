// Who the app is: to storage, Key Vault, Application Insights and Microsoft Graph. User-assigned, so that it and what
// it was granted outlive the app.
param name string
param location string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output name string = identity.name
output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
