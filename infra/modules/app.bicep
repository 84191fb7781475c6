// The function app on Flex Consumption. Storage, telemetry and its own package it reaches as the identity.
param planName string
param name string
param location string
param tags object
param identityName string
param storageAccountName string
param deploymentContainerName string
param vaultName string
param insightsName string
param deploymentName string
param pythonVersion string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyInstances int
param httpConcurrency int
param signInClientId string
param subnetId string
param privateHosts string
param hostBinding string
param queueInterval int
param reader bool

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
        triggers: {
          http: { perInstanceConcurrency: httpConcurrency }
        }
      }
    }
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true }
  }
}

// All settings there are: who and what is the policy's business, secrets are Key Vault's. As a resource of their own
// they can hold the host name that Azure gives the site. Flex Consumption refuses the classic ones (FUNCTIONS_...).
resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsDisableHomepage: 'true' // ours answers at /
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identity.properties.clientId
    AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
    AzureWebJobsStorage__queueServiceUri: account.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: account.properties.primaryEndpoints.table
    AZURE_CLIENT_ID: identity.properties.clientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
    // Python's own telemetry: our log, counters and traces. No instrumentation of clients: addresses can be secrets.
    PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
    PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME: 'foresignal'
    OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'azure_sdk,django,fastapi,flask,httpx,psycopg2,requests,urllib,urllib3'
    FORESIGNAL_DEPLOYMENT: deploymentName
    FORESIGNAL_PUBLIC_URL: 'https://${app.properties.defaultHostName}'
    FORESIGNAL_KEY_VAULT_URL: vault.properties.vaultUri
    FORESIGNAL_PRIVATE_HOSTS: privateHosts
    FORESIGNAL_SECRET_HOSTS: hostBinding
    FORESIGNAL_READER: reader ? 'on' : ''
    // goes before host.json, which says the same by default
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:${padLeft(string(queueInterval / 60), 2, '0')}:${padLeft(string(queueInterval % 60), 2, '0')}'
  }
}

// Publishing takes an Entra identity; user names and passwords are off. One after the other: a site takes one change
// at a time and answers the next with a conflict.
resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
  dependsOn: [settings]
}

resource scmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
  dependsOn: [ftpPassword]
}

// Sign-in for the pages, by this tenant's Entra. Without a secret App Service asks for an ID token and nothing else;
// it keeps no tokens, so no app setting belongs to it. Open stay health, for probes (functions/pages/health.py says
// little to strangers), the door for ticket systems (functions/hear.py asks each for its secret), and the Functions host's
// own API, which Azure calls after each deployment and which has its own keys.
resource signIn 'Microsoft.Web/sites/config@2024-11-01' = if (!empty(signInClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: ['/api/health', '/api/tickets/*', '/api/feeds/*', '/admin/*']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          openIdIssuer: uri(environment().authentication.loginEndpoint, '${subscription().tenantId}/v2.0')
          clientId: signInClientId
        }
        validation: { allowedAudiences: [signInClientId] }
      }
    }
    login: {
      tokenStore: { enabled: false }
    }
    httpSettings: { requireHttps: true }
  }
  dependsOn: [scmPassword]
}

output name string = app.name
output publicUrl string = 'https://${app.properties.defaultHostName}'
