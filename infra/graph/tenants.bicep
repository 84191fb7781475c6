// Many tenants without a secret (docs/many-tenants.md): one app registration that customers consent to, and as which the
// app's identity signs in. For an Application Administrator of the tenant where the identity is. Public cloud only.
extension microsoftGraphV1

@description('What customers see when they consent.')
param displayName string = 'Foresignal'

@description('Names the registration for this template, so that a second run changes it and makes no other.')
param uniqueName string = 'foresignal'

@description('Object id of the app\'s identity: azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID')
param identityPrincipalId string

@description('Tasks in Planner: none, read (to sync Message Center\'s tasks), or write (to write back into them).')
@allowed(['none', 'read', 'write'])
param planner string = 'read'

var serviceMessageReadAll = '1b620472-6534-4fe6-9df2-4680e8aa28ec'
var tasksReadAll = 'f10e1f91-74ed-437f-a6fd-d6ae88e26c1f'
var tasksReadWriteAll = '44e666d1-d276-445b-a5fc-8815eeb81d55'
var roles = {
  none: [serviceMessageReadAll]
  read: [serviceMessageReadAll, tasksReadAll]
  write: [serviceMessageReadAll, tasksReadWriteAll]
}

resource registration 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: displayName
  signInAudience: 'AzureADMultipleOrgs'
  requiredResourceAccess: [
    {
      resourceAppId: '00000003-0000-0000-c000-000000000000'
      resourceAccess: map(roles[planner], role => { id: role, type: 'Role' })
    }
  ]
  web: { redirectUris: ['https://entra.microsoft.com'] } // where a customer's administrator lands after consent

  // Entra takes a wrong value in silence, and refuses only when the app signs in.
  resource identity 'federatedIdentityCredentials@v1.0' = {
    name: '${registration.uniqueName}/foresignal'
    audiences: ['api://AzureADTokenExchange']
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identityPrincipalId
  }
}

output clientId string = registration.appId
output consentLink string = '${environment().authentication.loginEndpoint}CUSTOMER-TENANT-ID/adminconsent?client_id=${registration.appId}'
